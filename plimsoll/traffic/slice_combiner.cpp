#include "plimsoll/traffic/slice_combiner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace plimsoll::traffic {

SliceCombiner::SliceCombiner(std::vector<Part> parts, double slice_seconds, LoadSlice empty,
                             std::function<void(const LoadSlice&)> hand_out)
    : parts_(std::move(parts)),
      slice_seconds_(slice_seconds),
      empty_(std::move(empty)),
      hand_out_(std::move(hand_out)) {
  for (const Part& part : parts_) next_of_.push_back(std::llround(part.offset_seconds / slice_seconds_));
}

void SliceCombiner::add(std::size_t part, const LoadSlice& slice) {
  const std::lock_guard lock(mutex_);
  const double start = slice.start_seconds + parts_[part].offset_seconds;
  const long long number = std::llround(start / slice_seconds_);
  const auto [place, first] = waiting_.try_emplace(number, empty_);
  LoadSlice& all = place->second;
  all.start_seconds = static_cast<double>(number) * slice_seconds_;
  all.seconds = first ? slice.seconds : std::max(all.seconds, slice.seconds);
  all.offered = first ? slice.offered : all.offered && slice.offered;
  for (std::size_t route = 0; route < slice.routes.size(); ++route)
    all.routes[parts_[part].first_route + route] = slice.routes[route];
  next_of_[part] = number + 1;
  hand_out_locked();
}

void SliceCombiner::finish(std::size_t part) {
  const std::lock_guard lock(mutex_);
  next_of_[part] = std::numeric_limits<long long>::max();
  hand_out_locked();
}

void SliceCombiner::hand_out_locked() {
  const long long ready = *std::ranges::min_element(next_of_);
  while (!waiting_.empty() && waiting_.begin()->first < ready) {
    if (hand_out_) hand_out_(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
  }
}

}  // namespace plimsoll::traffic
