#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "base/text.h"

// Whatever is read is valid UTF-8, comes back the same, and whatever is refused has a place inside the text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto json = base::parse_json(text, "fuzz", {.depth = 16});
  if (!json) {
    if (!json.error().place || json.error().place->line < 1 || json.error().place->column < 1) std::abort();
    if (!base::is_valid_utf8(base::to_string(json.error()))) std::abort();
    return 0;
  }
  const std::string written = base::dump(*json);
  const auto again = base::parse_json(written, "fuzz", {.depth = 16});
  if (!base::is_valid_utf8(written) || !again || base::dump(*again) != written) std::abort();
  return 0;
}
