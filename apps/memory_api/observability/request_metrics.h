// Counts and latencies of requests, by route: http_requests_total{route,method,code} and
// http_request_duration_seconds{route}.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "telemetry/metrics.h"

namespace memory_api::observability {

// Thread-safe; a request costs a look-up in a map that never changes and two relaxed atomics, no lock.
class RequestMetrics {
 public:
  // `routes` are the patterns there are, "unknown" is added; a pattern outside them counts as unknown.
  RequestMetrics(telemetry::Registry& registry, std::span<const std::string_view> routes);

  void record(std::string_view route, std::string_view method, int status, double seconds);

 private:
  static constexpr std::array<std::string_view, 6> methods = {"GET", "HEAD",   "POST",
                                                              "PUT", "DELETE", "other"};
  static constexpr std::array<int, 15> statuses = {200, 201, 202, 204, 400, 401, 404, 405,
                                                   413, 415, 422, 500, 503, 504, 507};

  struct Route {
    telemetry::BucketHistogram* latency = nullptr;
    // Counters appear with the first request that needs them; a status that is not in the list takes the
    // registry's lock.
    std::array<std::array<std::atomic<telemetry::Counter*>, statuses.size()>, methods.size()> counters = {};
  };

  telemetry::Counter& counter(Route& route, std::string_view name, std::string_view method, int status);

  telemetry::Registry& registry_;
  std::map<std::string, Route, std::less<>> routes_;
};

}  // namespace memory_api::observability
