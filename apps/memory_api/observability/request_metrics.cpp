#include "apps/memory_api/observability/request_metrics.h"

#include <algorithm>

namespace memory_api::observability {
namespace {

constexpr std::string_view unknown_route = "unknown";

}  // namespace

RequestMetrics::RequestMetrics(telemetry::Registry& registry, std::span<const std::string_view> routes)
    : registry_(registry) {
  std::vector<std::string> names(routes.begin(), routes.end());
  names.emplace_back(unknown_route);
  for (const std::string& name : names) {
    routes_[name].latency =
        &registry.histogram("http_request_duration_seconds", "Time from a request's arrival to its answer.",
                            telemetry::latency_bounds(), {{"route", name}});
  }
}

void RequestMetrics::record(std::string_view route, std::string_view method, int status, double seconds) {
  auto found = routes_.find(route);
  if (found == routes_.end()) found = routes_.find(unknown_route);
  found->second.latency->observe(seconds);
  counter(found->second, found->first, method, status).add();
}

telemetry::Counter& RequestMetrics::counter(Route& route, std::string_view name, std::string_view method,
                                            int status) {
  const auto known_method = std::find(methods.begin(), methods.end() - 1, method);
  const auto make = [&]() -> telemetry::Counter& {
    return registry_.counter("http_requests_total", "Requests answered.",
                             {{"route", std::string(name)},
                              {"method", std::string(*known_method)},
                              {"code", std::to_string(status)}});
  };
  const auto known_status = std::find(statuses.begin(), statuses.end(), status);
  if (known_status == statuses.end()) return make();
  auto& slot = route.counters.at(static_cast<std::size_t>(known_method - methods.begin()))
                   .at(static_cast<std::size_t>(known_status - statuses.begin()));
  if (telemetry::Counter* existing = slot.load(std::memory_order_acquire)) return *existing;
  telemetry::Counter& made =
      make();  // two threads may come here at once; the registry gives both the same counter
  slot.store(&made, std::memory_order_release);
  return made;
}

}  // namespace memory_api::observability
