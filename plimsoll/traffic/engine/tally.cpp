#include "plimsoll/traffic/engine/tally.h"

#include <algorithm>

namespace plimsoll::traffic {
namespace {

double seconds_between(base::Nanoseconds from, base::Nanoseconds to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

std::optional<ErrorKind> error_of(int status, const StatusSet& expect) {
  if (expect.contains(status)) return std::nullopt;
  if (status >= 400 && status < 500) return ErrorKind::http_4xx;
  if (status >= 500) return ErrorKind::http_5xx;
  return ErrorKind::check;
}

RouteTally::RouteTally(std::span<const double> latency_edges, std::span<const double> service_edges,
                       std::span<const double> first_event_edges, std::span<const double> gap_edges)
    : latency_(latency_edges),
      service_(service_edges),
      failed_latency_(latency_edges),
      failed_service_(service_edges),
      pieced_latency_(latency_edges),
      pieced_first_byte_(latency_edges),
      first_event_(first_event_edges),
      event_gap_(gap_edges),
      broken_gap_(gap_edges) {}

void RouteTally::record(const Outcome& outcome) {
  ++requests_;
  if (outcome.status != 0) count_status(outcome.status);
  const double latency = seconds_between(outcome.due, outcome.done);
  if (!outcome.error) [[likely]] {
    record_latency(latency, outcome);
    service_.record(seconds_between(*outcome.sent, outcome.done));
    return;
  }
  ++errors_[static_cast<std::size_t>(*outcome.error)];
  record_failure(latency, outcome);
}

void RouteTally::record_latency(double latency, const Outcome& outcome) {
  if (!outcome.first_byte) [[likely]]
    return latency_.record(latency);
  pieced_latency_.record(latency);
  pieced_first_byte_.record(seconds_between(outcome.due, *outcome.first_byte));
  if (outcome.first_event) first_event_.record(seconds_between(outcome.due, *outcome.first_event));
}

void RouteTally::record_failure(double latency, const Outcome& outcome) {
  failed_latency_.record(latency);
  if (outcome.sent) failed_service_.record(seconds_between(*outcome.sent, outcome.done));
  const bool broke_off = outcome.first_event && outcome.status == 0;
  if (broke_off) broken_gap_.record(seconds_between(outcome.last_event, outcome.done));
}

void RouteTally::record_open(const Outcome& outcome) {
  ++requests_;
  record_latency(seconds_between(outcome.due, outcome.done), outcome);
  if (outcome.sent) service_.record(seconds_between(*outcome.sent, outcome.done));
}

void RouteTally::record_gap(const EventGap& gap) {
  event_gap_.record(std::chrono::duration<double>(gap.length).count(), gap.count);
}

void RouteTally::merge(const RouteTally& other) {
  latency_.merge(other.latency_);
  service_.merge(other.service_);
  failed_latency_.merge(other.failed_latency_);
  failed_service_.merge(other.failed_service_);
  pieced_latency_.merge(other.pieced_latency_);
  pieced_first_byte_.merge(other.pieced_first_byte_);
  first_event_.merge(other.first_event_);
  event_gap_.merge(other.event_gap_);
  broken_gap_.merge(other.broken_gap_);
  requests_ += other.requests_;
  for (std::size_t kind = 0; kind < error_kinds; ++kind) errors_[kind] += other.errors_[kind];
  for (const auto& [status, count] : other.statuses_) {
    count_status(status);
    statuses_.front().second += count - 1;
  }
}

RouteSlice RouteTally::slice() const {
  RouteSlice slice{latency_, service_, failed_latency_, requests_,
                   errors_,  latency_, first_event_,    event_gap_};
  slice.latency.merge(pieced_latency_);
  slice.first_byte.merge(pieced_first_byte_);
  for (base::Histogram* of_requests : {&slice.latency, &slice.first_byte})
    of_requests->record_infinite(failed_latency_.count());
  slice.service_time.record_infinite(failed_service_.count());
  slice.event_gap.record_infinite(broken_gap_.count());
  return slice;
}

void RouteTally::add_to(RouteResult& result) const {
  result.requests += requests_;
  for (std::size_t kind = 0; kind < error_kinds; ++kind) result.errors[kind] += errors_[kind];
  for (const auto& [status, count] : statuses_) result.responses[status] += count;
  for (const base::Histogram* part : {&latency_, &pieced_latency_, &failed_latency_})
    result.latency.merge(*part);
  for (const base::Histogram* part : {&latency_, &pieced_first_byte_, &failed_latency_})
    result.first_byte.merge(*part);
  for (const base::Histogram* part : {&service_, &failed_service_}) result.service_time.merge(*part);
  result.first_event.merge(first_event_);
  for (const base::Histogram* part : {&event_gap_, &broken_gap_}) result.event_gap.merge(*part);
}

void RouteTally::count_status(int status) {
  if (!statuses_.empty() && statuses_.front().first == status) [[likely]] {
    ++statuses_.front().second;
    return;
  }
  const auto known = std::ranges::find(statuses_, status, &std::pair<int, std::uint64_t>::first);
  if (known == statuses_.end()) {
    statuses_.insert(statuses_.begin(), {status, 1});
  } else {
    ++known->second;
    std::rotate(statuses_.begin(), known, known + 1);
  }
}

void merge_into(RouteResult& all, const RouteResult& part) {
  all.requests += part.requests;
  for (const auto& [status, count] : part.responses) all.responses[status] += count;
  for (std::size_t kind = 0; kind < error_kinds; ++kind) all.errors[kind] += part.errors[kind];
  all.latency.merge(part.latency);
  all.service_time.merge(part.service_time);
  all.first_byte.merge(part.first_byte);
  all.first_event.merge(part.first_event);
  all.event_gap.merge(part.event_gap);
}

// One histogram serves latency and first byte where a response came whole: it has the edges of both.
SliceTally make_slice_tally(const LoadPlan& plan) {
  std::vector<double> edges = plan.latency_edges;
  edges.insert(edges.end(), plan.first_byte_edges.begin(), plan.first_byte_edges.end());
  return SliceTally(plan.routes.size(),
                    RouteTally(edges, plan.service_edges, plan.first_event_edges, plan.gap_edges));
}

}  // namespace plimsoll::traffic
