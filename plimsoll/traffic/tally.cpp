#include "plimsoll/traffic/tally.h"

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

RouteTally::RouteTally(std::span<const double> latency_edges, std::span<const double> service_edges)
    : latency_(latency_edges),
      service_(service_edges),
      failed_latency_(latency_edges),
      failed_service_(service_edges) {}

void RouteTally::record(const Outcome& outcome) {
  ++requests_;
  if (outcome.status != 0) count_status(outcome.status);
  const double latency = seconds_between(outcome.due, outcome.done);
  if (!outcome.error) [[likely]] {
    latency_.record(latency);
    service_.record(seconds_between(*outcome.sent, outcome.done));
    return;
  }
  ++errors_[static_cast<std::size_t>(*outcome.error)];
  failed_latency_.record(latency);
  if (outcome.sent) failed_service_.record(seconds_between(*outcome.sent, outcome.done));
}

void RouteTally::record_open(const Outcome& outcome) {
  ++requests_;
  latency_.record(seconds_between(outcome.due, outcome.done));
  if (outcome.sent) service_.record(seconds_between(*outcome.sent, outcome.done));
}

void RouteTally::merge(const RouteTally& other) {
  latency_.merge(other.latency_);
  service_.merge(other.service_);
  failed_latency_.merge(other.failed_latency_);
  failed_service_.merge(other.failed_service_);
  requests_ += other.requests_;
  for (std::size_t kind = 0; kind < error_kinds; ++kind) errors_[kind] += other.errors_[kind];
  for (const auto& [status, count] : other.statuses_) {
    count_status(status);
    statuses_.front().second += count - 1;
  }
}

RouteSlice RouteTally::slice() const {
  RouteSlice slice{latency_, service_, failed_latency_, requests_, errors_};
  slice.latency.record_infinite(failed_latency_.count());
  slice.service_time.record_infinite(failed_service_.count());
  return slice;
}

void RouteTally::add_to(RouteResult& result) const {
  result.requests += requests_;
  for (std::size_t kind = 0; kind < error_kinds; ++kind) result.errors[kind] += errors_[kind];
  for (const auto& [status, count] : statuses_) result.responses[status] += count;
  for (const base::Histogram* part : {&latency_, &failed_latency_}) result.latency.merge(*part);
  for (const base::Histogram* part : {&service_, &failed_service_}) result.service_time.merge(*part);
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

SliceTally make_slice_tally(const LoadPlan& plan) {
  return SliceTally(plan.routes.size(), RouteTally(plan.latency_edges, plan.service_edges));
}

}  // namespace plimsoll::traffic
