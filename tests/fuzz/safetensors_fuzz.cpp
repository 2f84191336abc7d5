// Any bytes as a safetensors header: every tensor that is taken lies within the file, and floats fill their
// shape.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "embedding/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t begin = 1000, end = 5000;
  const auto tensors =
      embedding::parse_safetensors_header(std::string(data, data + size), begin, end, "input");
  if (!tensors) return 0;
  for (const auto& [name, tensor] : *tensors) {
    if (tensor.begin < begin || tensor.begin > tensor.end || tensor.end > end) std::abort();
    if (tensor.type != "F32") continue;
    std::uint64_t values = 1;
    for (const auto length : tensor.shape) values *= length;
    if (values * sizeof(float) != tensor.end - tensor.begin) std::abort();
  }
  return 0;
}
