// Vectors of the queries that were asked lately: users ask the same again and again.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace memory_api::search {

// Holds the last `size` texts at least and twice as many at most. Not thread-safe.
class RecentVectors {
 public:
  explicit RecentVectors(std::size_t size) : size_(size) {}

  // nullptr where it is not known; else until the next call.
  const std::vector<float>* find(std::string_view text);
  void put(std::string_view text, std::vector<float> vector);
  void clear();

 private:
  using Vectors = std::unordered_map<std::string, std::vector<float>>;

  std::size_t size_;
  Vectors newer_;
  Vectors older_;  // what was not asked for since newer_ was last full
};

}  // namespace memory_api::search
