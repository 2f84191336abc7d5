#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "base/yaml.h"

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

// Every node and key has a place inside the text.
void check_places(const base::yaml::Node& node, int lines) {
  const auto inside = [&](const base::Place& place) {
    return place.line >= 1 && place.line <= lines && place.column >= 1;
  };
  require(inside(node.place));
  require(base::is_valid_utf8(node.text));
  for (const auto& item : node.items) check_places(item, lines);
  for (const auto& entry : node.entries) {
    require(inside(entry.key_place));
    check_places(entry.value, lines);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<int>(std::ranges::count(text, '\n')) + 1;
  const auto root = base::yaml::parse(text, "fuzz", {.bytes = 1 << 16, .depth = 16});
  if (root) {
    check_places(*root, lines);
  } else if (root.error().code != base::ErrorCode::too_large) {
    require(root.error().place && root.error().place->line >= 1 && root.error().place->line <= lines);
    require(base::is_valid_utf8(base::to_string(root.error())));
  }
  return 0;
}
