// Whatever an embedder answers, read_embeddings gives back as many vectors as were asked for, of one length
// and of unit length, or an error.
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "apps/memory_api/search/openai_embedder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t texts = data[0] % 4;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto vectors = memory_api::search::read_embeddings(body, texts);
  if (!vectors) return 0;
  if (vectors->size() != texts) std::abort();
  for (const auto& vector : *vectors) {
    double squares = 0;
    for (const float value : vector) squares += static_cast<double>(value) * value;
    if (vector.size() != vectors->front().size() || !(std::abs(squares - 1) < 1e-3)) std::abort();
  }
  return 0;
}
