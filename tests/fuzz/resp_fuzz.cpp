// What any server answers: read within its limits, refused, or waited for.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/resp_client.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  while (true) {
    const std::size_t before = bytes.size();
    const auto value = net::read_resp(bytes, {.bytes = 1'000, .items = 50, .depth = 4});
    if (!value) return value.error().message.empty() ? (std::abort(), 0) : 0;
    if (!*value) {
      if (bytes.size() != before) std::abort();
      return 0;
    }
    if (bytes.size() >= before || (*value)->text.size() > (64u << 10) || (*value)->items.size() > 50)
      std::abort();
  }
}
