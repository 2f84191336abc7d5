// Keeps what arrives in order of time in bounded memory: when there is too much, neighbours are merged and
// stand for longer times.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace plimsoll::traffic {

// Never fewer than half of `most` once there were that many. Two that follow each other become one by
// merge_into(earlier, later), which is looked up beside T. Not thread-safe.
template <class T>
class BoundedKeeper {
 public:
  explicit BoundedKeeper(std::size_t most) : most_(most) {}

  void add(T item) {
    if (pending_ > 0) {
      merge_into(items_.back(), item);
    } else {
      if (items_.size() == most_) halve();
      items_.push_back(std::move(item));
    }
    pending_ = (pending_ + 1) % merged_;
  }

  const std::vector<T>& items() const { return items_; }
  std::vector<T> take() {
    pending_ = 0;
    return std::exchange(items_, {});
  }

 private:
  void halve() {
    for (std::size_t pair = 0; 2 * pair + 1 < items_.size(); ++pair) {
      merge_into(items_[2 * pair], items_[2 * pair + 1]);
      if (pair > 0) items_[pair] = std::move(items_[2 * pair]);
    }
    items_.resize(items_.size() / 2);
    merged_ *= 2;
  }

  std::size_t most_;
  std::size_t merged_ = 1;   // how many arrivals one of ours stands for
  std::size_t pending_ = 0;  // of these in the last one
  std::vector<T> items_;
};

}  // namespace plimsoll::traffic
