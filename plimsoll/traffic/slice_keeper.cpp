#include "plimsoll/traffic/slice_keeper.h"

namespace plimsoll::traffic {

void merge_into(RouteSlice& into, const RouteSlice& from) {
  into.latency.merge(from.latency);
  into.service_time.merge(from.service_time);
  into.given_up.merge(from.given_up);
  into.first_byte.merge(from.first_byte);
  into.first_event.merge(from.first_event);
  into.event_gap.merge(from.event_gap);
  into.requests += from.requests;
  for (std::size_t kind = 0; kind < error_kinds; ++kind) into.errors[kind] += from.errors[kind];
}

void merge_into(LoadSlice& slice, const LoadSlice& next) {
  slice.seconds = next.start_seconds + next.seconds - slice.start_seconds;
  slice.offered = slice.offered && next.offered;
  for (std::size_t route = 0; route < slice.routes.size(); ++route)
    merge_into(slice.routes[route], next.routes[route]);
}

base::Histogram finite_part(const base::Histogram& histogram) {
  base::Histogram::Parts parts = histogram.parts();
  parts.infinite = 0;
  base::Histogram finite;
  base::Histogram::from_parts(parts, finite);
  return finite;
}

base::Histogram latency_at_age(const RouteSlice& route) {
  base::Histogram all = finite_part(route.latency);
  all.merge(route.given_up);
  return all;
}

}  // namespace plimsoll::traffic
