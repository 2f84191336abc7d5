#include "apps/memory_api/observability/request_metrics.h"

#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memory_api::observability {
namespace {

using ::testing::HasSubstr;

TEST(RequestMetrics, CountByRouteMethodAndCode) {
  telemetry::Registry registry;
  const std::vector<std::string_view> routes = {"/a", "/b"};
  RequestMetrics metrics(registry, routes);
  metrics.record("/a", "GET", 200, 0.003);
  metrics.record("/a", "GET", 200, 0.003);
  metrics.record("/a", "BREW", 418, 0.003);
  metrics.record("/nowhere", "GET", 404, 0.003);
  const std::string text = registry.prometheus_text();
  EXPECT_THAT(text, HasSubstr(R"(http_requests_total{code="200",method="GET",route="/a"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(http_requests_total{code="418",method="other",route="/a"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(http_requests_total{code="404",method="GET",route="unknown"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(http_request_duration_seconds_count{route="/a"} 3)"));
  EXPECT_THAT(text, HasSubstr(R"(http_request_duration_seconds_bucket{route="/a",le="0.0025"} 0)"));
}

TEST(RequestMetrics, LoseNothingBetweenThreads) {
  telemetry::Registry registry;
  const std::vector<std::string_view> routes = {"/a"};
  RequestMetrics metrics(registry, routes);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&metrics] {
      for (int n = 0; n < 500; ++n) metrics.record("/a", "GET", 200, 0.001);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(registry.prometheus_text(),
              HasSubstr(R"(http_requests_total{code="200",method="GET",route="/a"} 2000)"));
}

}  // namespace
}  // namespace memory_api::observability
