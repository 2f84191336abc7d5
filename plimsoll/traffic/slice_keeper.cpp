#include "plimsoll/traffic/slice_keeper.h"

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

}  // namespace plimsoll::traffic
