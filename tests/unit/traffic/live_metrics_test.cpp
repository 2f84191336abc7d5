#include "plimsoll/traffic/live/live_metrics.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using telemetry::MetricBatch;

constexpr double begun = 1'790'000'000;

LoadPlan plan_of(LoadShape shape, std::vector<std::string> routes = {"list"}) {
  LoadPlan plan;
  plan.shape = std::move(shape);
  for (std::string& name : routes) plan.routes.push_back({.name = std::move(name)});
  return plan;
}

LoadShape open_shape(double rate) {
  LoadShape shape;
  shape.rate = rate;
  return shape;
}

// `answered` at 10 ms each, `failed` time-outs of 2 s.
LoadSlice slice_of(double start, double seconds, std::uint64_t answered, std::uint64_t failed = 0) {
  RouteSlice route;
  route.requests = answered + failed;
  route.latency.record(0.01, answered);
  route.service_time.record(0.01, answered);
  route.first_byte.record(0.01, answered);
  if (failed > 0) {
    route.latency.record_infinite(failed);
    route.given_up.record(2, failed);
    route.errors[static_cast<std::size_t>(ErrorKind::timeout)] = failed;
  }
  return {start, seconds, true, {route}};
}

std::map<std::string, double> values_of(const MetricBatch& batch) {
  std::map<std::string, double> values;
  for (const telemetry::MetricPoint& point : batch.points) values[point.name] = point.value;
  return values;
}

TEST(LiveMetrics, BeginWithCountersAtZero) {
  const LiveMetrics metrics(plan_of(open_shape(10), {"a", "b"}), "mix", {}, begun);
  const MetricBatch batch = metrics.beginning();
  ASSERT_EQ(batch.points.size(), 2U);
  EXPECT_EQ(batch.points[0].name, "plimsoll_http_reqs");
  EXPECT_EQ(batch.points[0].value, 0);
  EXPECT_EQ(batch.points[0].labels, (telemetry::Labels{{"name", "a"}, {"scenario", "mix"}}));
  EXPECT_EQ(batch.at_milliseconds, 1'790'000'000'000);
}

TEST(LiveMetrics, SpeakOnceASecond) {
  LiveMetrics metrics(plan_of(open_shape(10)), "mix", {}, begun);
  EXPECT_FALSE(metrics.take(slice_of(0, 0.5, 5), begun + 0.5));
  const auto batch = metrics.take(slice_of(0.5, 0.5, 5), begun + 1);
  ASSERT_TRUE(batch);
  EXPECT_EQ(values_of(*batch)["plimsoll_http_reqs"], 10);
  EXPECT_FALSE(metrics.take(slice_of(1, 0.5, 5), begun + 1.5));
}

TEST(LiveMetrics, CountersGrowAndGaugesSpeakOfTheLastSecond) {
  LiveMetrics metrics(plan_of(open_shape(10)), "mix", {}, begun);
  auto first = values_of(*metrics.take(slice_of(0, 1, 8, 2), begun + 1));
  EXPECT_EQ(first["plimsoll_http_reqs"], 10);
  EXPECT_EQ(first["plimsoll_http_req_errors"], 2);
  EXPECT_DOUBLE_EQ(first["plimsoll_http_req_failed_rate"], 0.2);
  EXPECT_DOUBLE_EQ(first["plimsoll_http_req_duration_max"], 2);  // an error at its age, never infinite
  EXPECT_NEAR(first["plimsoll_http_req_service_time_max"], 0.01, 1e-4);
  auto second = values_of(*metrics.take(slice_of(1, 1, 10), begun + 2));
  EXPECT_EQ(second["plimsoll_http_reqs"], 20);
  EXPECT_EQ(second["plimsoll_http_req_errors"], 2);
  EXPECT_EQ(second["plimsoll_http_req_failed_rate"], 0);
  EXPECT_NEAR(second["plimsoll_http_req_duration_p95"], 0.01, 1e-4);
}

TEST(LiveMetrics, AreSilentOfASecondWithoutAnswers) {
  LiveMetrics metrics(plan_of(open_shape(10)), "mix", {}, begun);
  const auto values = values_of(*metrics.take(slice_of(0, 1, 0), begun + 1));
  EXPECT_TRUE(values.contains("plimsoll_http_reqs"));
  EXPECT_FALSE(values.contains("plimsoll_http_req_duration_p95"));
  EXPECT_FALSE(values.contains("plimsoll_http_req_failed_rate"));
}

TEST(LiveMetrics, TellTheTargetOfTheMoment) {
  LoadShape ramp;
  ramp.rate_stages = {{10s, 100}};
  LiveMetrics open(plan_of(ramp), "mix", {}, begun);
  EXPECT_NEAR(values_of(*open.take(slice_of(4, 1, 1), begun + 5))["plimsoll_target_rate"], 50, 1e-9);
  LoadShape users;
  users.users = 7;
  LiveMetrics closed(plan_of(users), "mix", {}, begun);
  EXPECT_EQ(values_of(*closed.take(slice_of(0, 1, 1), begun + 1))["plimsoll_vus"], 7);
}

TEST(LiveMetrics, SayHowTheServerIs) {
  LiveMetrics metrics(plan_of(open_shape(10)), "mix", {}, begun);
  ServerSample sample;
  sample.cpu_cores = 0.5;
  sample.usage = TreeUsage{};
  sample.usage->rss_bytes = 1'000'000;
  metrics.take(sample);
  auto values = values_of(*metrics.take(slice_of(0, 1, 1), begun + 1));
  EXPECT_EQ(values["plimsoll_server_memory_bytes"], 1e6);
  EXPECT_EQ(values["plimsoll_server_cpu_cores"], 0.5);
}

TEST(LiveMetrics, EndEverySeriesThatWasTold) {
  LiveMetrics metrics(plan_of(open_shape(10)), "mix", {}, begun);
  metrics.take(slice_of(0, 1, 5), begun + 1);
  metrics.take(slice_of(1, 0.3, 2), begun + 1.3);
  const auto last = metrics.end(begun + 1.4);
  ASSERT_EQ(last.size(), 2U);  // what was not told yet, then the end
  EXPECT_EQ(values_of(last[0])["plimsoll_http_reqs"], 7);
  EXPECT_EQ(last[1].points.size(), last[0].points.size());
  for (const telemetry::MetricPoint& point : last[1].points) EXPECT_TRUE(point.ends) << point.name;
  EXPECT_GT(last[1].at_milliseconds, last[0].at_milliseconds);
}

TEST(LiveMetrics, TimesGrowWhateverTheClockDoes) {
  LiveMetrics metrics(plan_of(open_shape(10)), "mix", {}, begun);
  const auto first = metrics.take(slice_of(0, 1, 5), begun + 1);
  const auto second = metrics.take(slice_of(1, 1, 5), begun - 100);
  EXPECT_GT(second->at_milliseconds, first->at_milliseconds);
}

TEST(LiveMetrics, ALoadThatIsRunOnceMoreGoesOnCounting) {
  LiveMetrics metrics(plan_of(open_shape(10)), "mix", {}, begun);
  metrics.take(slice_of(0, 1, 5), begun + 1);
  metrics.take(slice_of(1, 1, 5), begun + 2);
  const auto again = metrics.take(slice_of(0, 1, 5), begun + 3);
  ASSERT_TRUE(again);
  EXPECT_EQ(values_of(*again)["plimsoll_http_reqs"], 15);
}

TEST(LiveNames, AreCheckedBeforeAnythingRuns) {
  EXPECT_TRUE(check_names({}));
  EXPECT_TRUE(check_names({"k6", {{"testid", "any text at all"}}}));
  EXPECT_FALSE(check_names({"", {}}));
  EXPECT_FALSE(check_names({"a-b", {}}));
  EXPECT_FALSE(check_names({"k6", {{"1st", "x"}}}));
  EXPECT_FALSE(check_names({"k6", {{"scenario", "x"}}}));
  EXPECT_FALSE(check_names({"k6", {{"a", "x"}, {"a", "y"}}}));
}

}  // namespace
}  // namespace plimsoll::traffic
