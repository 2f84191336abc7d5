#include "apps/memory_api/search/recent_vectors.h"

#include <utility>

namespace memory_api::search {

const std::vector<float>* RecentVectors::find(std::string_view text) {
  const std::string key(text);
  if (const auto known = newer_.find(key); known != newer_.end()) return &known->second;
  const auto known = older_.find(key);
  if (known == older_.end()) return nullptr;
  put(text, std::move(known->second));
  return &newer_.at(key);
}

void RecentVectors::put(std::string_view text, std::vector<float> vector) {
  if (newer_.size() >= size_) {
    older_ = std::exchange(newer_, {});
  }
  newer_.insert_or_assign(std::string(text), std::move(vector));
}

void RecentVectors::clear() {
  newer_.clear();
  older_.clear();
}

}  // namespace memory_api::search
