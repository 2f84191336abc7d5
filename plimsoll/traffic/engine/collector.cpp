#include "plimsoll/traffic/engine/collector.h"

#include <algorithm>
#include <limits>

namespace plimsoll::traffic {

void Collector::deliver(int worker, std::uint64_t index, SliceTally tally) {
  const std::lock_guard lock(mutex_);
  next_of_[static_cast<std::size_t>(worker)] = index + 1;
  const auto place = std::ranges::lower_bound(waiting_, index, {}, &CollectedSlice::index);
  if (place == waiting_.end() || place->index != index) {
    waiting_.insert(place, CollectedSlice{index, std::move(tally)});
  } else {
    for (std::size_t route = 0; route < tally.size(); ++route) place->tally[route].merge(tally[route]);
  }
  changed_.notify_one();
}

void Collector::finish(int worker) {
  const std::lock_guard lock(mutex_);
  next_of_[static_cast<std::size_t>(worker)] = std::numeric_limits<std::uint64_t>::max();
  --running_;
  changed_.notify_one();
}

std::optional<CollectedSlice> Collector::take(base::Nanoseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return whole_locked() || (running_ == 0 && waiting_.empty()); });
  if (!whole_locked()) return std::nullopt;
  CollectedSlice slice = std::move(waiting_.front());
  waiting_.pop_front();
  return slice;
}

bool Collector::finished() const {
  const std::lock_guard lock(mutex_);
  return running_ == 0 && waiting_.empty();
}

bool Collector::whole_locked() const {
  return !waiting_.empty() && std::ranges::min(next_of_) > waiting_.front().index;
}

}  // namespace plimsoll::traffic
