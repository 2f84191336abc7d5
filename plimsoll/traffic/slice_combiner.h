// The slices of several engines that run side by side, as one engine's.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "plimsoll/traffic/engine/engine.h"

namespace plimsoll::traffic {

// Thread-safe. All parts have slices of the same length; a slice is handed out once no part can add to it any
// more, in order, one at a time, from whichever thread came last.
class SliceCombiner {
 public:
  struct Part {
    std::size_t first_route = 0;  // among all routes
    double offset_seconds = 0;  // of its first counted moment after that of the run; a multiple of the length
  };

  // `empty` is a slice without requests: as many routes as all parts have together.
  SliceCombiner(std::vector<Part> parts, double slice_seconds, LoadSlice empty,
                std::function<void(const LoadSlice&)> hand_out);

  void add(std::size_t part, const LoadSlice& slice);
  void finish(std::size_t part);  // no more from this one

 private:
  void hand_out_locked();

  std::vector<Part> parts_;
  double slice_seconds_;
  LoadSlice empty_;
  std::function<void(const LoadSlice&)> hand_out_;
  std::mutex mutex_;
  std::vector<long long> next_of_;          // the first slice to which a part may still add
  std::map<long long, LoadSlice> waiting_;  // by number
};

}  // namespace plimsoll::traffic
