#include "apps/memory_api/search/embedder.h"

namespace memory_api::search {

std::vector<std::size_t> batch_ends(std::span<const std::string_view> texts, const BatchLimits& limits) {
  std::vector<std::size_t> ends;
  std::size_t first = 0, bytes = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const bool is_full = i - first >= limits.texts || bytes + texts[i].size() > limits.bytes;
    if (i > first && is_full) {
      ends.push_back(i);
      first = i;
      bytes = 0;
    }
    bytes += texts[i].size();
  }
  if (first < texts.size()) ends.push_back(texts.size());
  return ends;
}

}  // namespace memory_api::search
