// Keeps a run's slices in bounded memory: when there are too many, neighbours are merged and slices grow
// longer.
#pragma once

#include <cstddef>
#include <vector>

#include "plimsoll/traffic/engine.h"

namespace plimsoll::traffic {

// Never fewer than half of `most` slices once there were that many: judges want at least 30.
class SliceKeeper {
 public:
  explicit SliceKeeper(std::size_t most = 64) : most_(most) {}

  void add(const LoadSlice& slice);
  std::vector<LoadSlice> take();

 private:
  std::size_t most_;
  std::size_t merged_ = 1;   // how many of the run's slices one of ours stands for
  std::size_t pending_ = 0;  // of these in the last one
  std::vector<LoadSlice> slices_;
};

// Two that follow each other as one.
void merge_into(LoadSlice& slice, const LoadSlice& next);

}  // namespace plimsoll::traffic
