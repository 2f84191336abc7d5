// Puts the workers' slices together and hands them out in order.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "plimsoll/traffic/engine/tally.h"

namespace plimsoll::traffic {

// A slice of all workers.
struct CollectedSlice {
  std::uint64_t index = 0;
  SliceTally tally;
};

// Thread-safe: workers deliver, one thread takes.
class Collector {
 public:
  explicit Collector(int workers) : next_of_(static_cast<std::size_t>(workers), 0), running_(workers) {}

  // A worker's slice `index`. Indices of one worker ascend; those left out were empty.
  void deliver(int worker, std::uint64_t index, SliceTally tally);
  void finish(int worker);  // nothing more from this one

  // The next slice to which every worker has added; waits at most `patience`. Nothing where none is whole
  // yet.
  std::optional<CollectedSlice> take(base::Nanoseconds patience);
  bool finished() const;  // every worker has finished and every slice was taken

 private:
  bool whole_locked() const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<CollectedSlice> waiting_;  // ascending
  std::vector<std::uint64_t> next_of_;  // the first index that a worker has not finished yet
  int running_;
};

}  // namespace plimsoll::traffic
