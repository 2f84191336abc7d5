#include "telemetry/metrics.h"

#include <limits>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace telemetry {
namespace {

TEST(Counter, LosesNothingBetweenThreads) {
  Counter counter;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&counter] {
      for (int n = 0; n < 1000; ++n) counter.add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 12'000u);
}

TEST(BucketHistogram, CountsAtOrBelowItsBounds) {
  BucketHistogram histogram({1, 2.5});
  for (const double value : {0.5, 1.0, 2.0, 2.5, 9.0, std::numeric_limits<double>::quiet_NaN()}) {
    histogram.observe(value);
  }
  EXPECT_EQ(histogram.snapshot().cumulative, (std::vector<std::uint64_t>{2, 4, 5}));
  EXPECT_DOUBLE_EQ(histogram.snapshot().sum, 15);
}

void fill(Registry& registry) {
  registry.counter("requests_total", "Requests \"seen\".\n", {{"route", "/a\"b\\c\nd"}, {"method", "GET"}})
      .add(3);
  registry.gauge("open", "Open now.").set(1.5);
  registry.histogram("wait_seconds", "Waits.", {1, 2.5}, {{"q", "x"}}).observe(2);
}

TEST(Exposition, IsPrometheusText) {
  Registry registry;
  fill(registry);
  EXPECT_EQ(registry.prometheus_text(),
            "# HELP open Open now.\n# TYPE open gauge\nopen 1.5\n"
            "# HELP requests_total Requests \"seen\".\\n\n# TYPE requests_total counter\n"
            "requests_total{method=\"GET\",route=\"/a\\\"b\\\\c\\nd\"} 3\n"
            "# HELP wait_seconds Waits.\n# TYPE wait_seconds histogram\n"
            "wait_seconds_bucket{q=\"x\",le=\"1\"} 0\nwait_seconds_bucket{q=\"x\",le=\"2.5\"} 1\n"
            "wait_seconds_bucket{q=\"x\",le=\"+Inf\"} 1\nwait_seconds_sum{q=\"x\"} 2\n"
            "wait_seconds_count{q=\"x\"} 1\n");
}

TEST(Exposition, IsOpenMetrics) {
  Registry registry;
  fill(registry);
  const std::string text = registry.open_metrics_text();
  EXPECT_NE(text.find("# TYPE requests counter\nrequests_total{"), std::string::npos) << text;
  EXPECT_NE(text.find("Requests \\\"seen\\\".\\n"), std::string::npos);
  EXPECT_NE(text.find("le=\"1.0\""), std::string::npos);
  EXPECT_TRUE(text.ends_with("\n# EOF\n"));
}

TEST(Exposition, RefreshesFirst) {
  Registry registry;
  registry.on_collect([&registry] { registry.gauge("now", "Set late.").set(7); });
  EXPECT_NE(registry.prometheus_text().find("now 7\n"), std::string::npos);
}

TEST(Registry, ReturnsTheSameMetricForTheSameLabels) {
  Registry registry;
  Counter& one = registry.counter("a_total", "A.", {{"x", "1"}, {"y", "2"}});
  EXPECT_EQ(&one, &registry.counter("a_total", "A.", {{"y", "2"}, {"x", "1"}}));
  EXPECT_NE(&one, &registry.counter("a_total", "A.", {{"x", "2"}, {"y", "2"}}));
}

TEST(Registry, ThrowsAtNamesThatAreNone) {
  Registry registry;
  registry.gauge("a_total", "A.");
  EXPECT_THROW(registry.counter("a_total", "A."), std::invalid_argument);
  EXPECT_THROW(registry.counter("a", "A."), std::invalid_argument);
  EXPECT_THROW(registry.gauge("1a", "A."), std::invalid_argument);
  EXPECT_THROW(registry.gauge("a", "A.", {{"b-c", ""}}), std::invalid_argument);
}

TEST(Accept, DecidesBetweenTheTwoForms) {
  EXPECT_TRUE(wants_open_metrics(
      "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"));
  EXPECT_FALSE(wants_open_metrics("text/plain, application/openmetrics-text;q=0.5"));
  EXPECT_FALSE(wants_open_metrics("*/*"));
  EXPECT_FALSE(wants_open_metrics(""));
}

}  // namespace
}  // namespace telemetry
