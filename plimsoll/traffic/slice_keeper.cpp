#include "plimsoll/traffic/slice_keeper.h"

#include <algorithm>
#include <utility>

namespace plimsoll::traffic {

void merge_into(LoadSlice& slice, const LoadSlice& next) {
  slice.seconds = next.start_seconds + next.seconds - slice.start_seconds;
  slice.offered = slice.offered && next.offered;
  for (std::size_t route = 0; route < slice.routes.size(); ++route) {
    RouteSlice& into = slice.routes[route];
    const RouteSlice& from = next.routes[route];
    into.latency.merge(from.latency);
    into.service_time.merge(from.service_time);
    into.given_up.merge(from.given_up);
    into.first_byte.merge(from.first_byte);
    into.first_event.merge(from.first_event);
    into.event_gap.merge(from.event_gap);
    into.requests += from.requests;
    for (std::size_t kind = 0; kind < error_kinds; ++kind) into.errors[kind] += from.errors[kind];
  }
}

void SliceKeeper::add(const LoadSlice& slice) {
  if (pending_ > 0) {
    merge_into(slices_.back(), slice);
  } else {
    if (slices_.size() == most_) {
      for (std::size_t pair = 0; 2 * pair + 1 < slices_.size(); ++pair) {
        merge_into(slices_[2 * pair], slices_[2 * pair + 1]);
        if (pair > 0) slices_[pair] = std::move(slices_[2 * pair]);
      }
      slices_.resize(slices_.size() / 2);
      merged_ *= 2;
    }
    slices_.push_back(slice);
  }
  pending_ = (pending_ + 1) % merged_;
}

std::vector<LoadSlice> SliceKeeper::take() {
  pending_ = 0;
  return std::exchange(slices_, {});
}

}  // namespace plimsoll::traffic
