// Keeps a run's slices in bounded memory (bounded_keeper.h).
#pragma once

#include "plimsoll/traffic/bounded_keeper.h"
#include "plimsoll/traffic/engine/engine.h"

namespace plimsoll::traffic {

// Two that follow each other as one.
void merge_into(RouteSlice& into, const RouteSlice& from);
void merge_into(LoadSlice& slice, const LoadSlice& next);

// A histogram without what never ended; and a route's latencies with errors at their age, so that every
// figure is finite.
base::Histogram finite_part(const base::Histogram& histogram);
base::Histogram latency_at_age(const RouteSlice& route);

// 64: judges want at least 30.
class SliceKeeper : public BoundedKeeper<LoadSlice> {
 public:
  explicit SliceKeeper(std::size_t most = 64) : BoundedKeeper(most) {}
};

}  // namespace plimsoll::traffic
