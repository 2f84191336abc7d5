#include "telemetry/otlp_metrics.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/json.h"

namespace telemetry {
namespace {

base::Json body_of(std::vector<MetricPoint> points) {
  const MetricBatch batch{1'790'000'000'123, 1'790'000'000'000, std::move(points)};
  return base::parse_json(otlp_metrics_body(batch, "plimsoll", "1.2"), "body").value();
}

const base::Json& metrics_of(const base::Json& body) {
  return body.at("resourceMetrics").at(0).at("scopeMetrics").at(0).at("metrics");
}

TEST(OtlpMetrics, NamesTheSender) {
  const base::Json body = body_of({});
  const base::Json& attributes = body["resourceMetrics"][0]["resource"]["attributes"];
  EXPECT_EQ(attributes[0], base::Json({{"key", "service.name"}, {"value", {{"stringValue", "plimsoll"}}}}));
  EXPECT_EQ(attributes[1]["value"]["stringValue"], "1.2");
}

TEST(OtlpMetrics, CountersAreCumulativeSumsSinceTheBeginning) {
  const base::Json body = body_of({{"http_reqs", {{"name", "a"}}, PointKind::counter, "1", 42},
                                   {"http_reqs", {{"name", "b"}}, PointKind::counter, "1", 1}});
  const base::Json& metrics = metrics_of(body);
  ASSERT_EQ(metrics.size(), 1U);
  EXPECT_EQ(metrics[0]["name"], "http_reqs");
  EXPECT_EQ(metrics[0]["unit"], "1");
  const base::Json& sum = metrics[0]["sum"];
  EXPECT_EQ(sum["aggregationTemporality"], 2);
  EXPECT_EQ(sum["isMonotonic"], true);
  ASSERT_EQ(sum["dataPoints"].size(), 2U);
  const base::Json& point = sum["dataPoints"][0];
  EXPECT_EQ(point["startTimeUnixNano"], "1790000000000000000");
  EXPECT_EQ(point["timeUnixNano"], "1790000000123000000");
  EXPECT_EQ(point["asDouble"], 42.0);
  EXPECT_EQ(point["attributes"][0]["key"], "name");
  EXPECT_EQ(point["attributes"][0]["value"]["stringValue"], "a");
}

TEST(OtlpMetrics, GaugesAreGauges) {
  const base::Json body = body_of({{"latency_p95", {}, PointKind::gauge, "s", 0.25}});
  const base::Json& metric = metrics_of(body)[0];
  EXPECT_EQ(metric["gauge"]["dataPoints"][0]["asDouble"], 0.25);
  EXPECT_EQ(metric["unit"], "s");
  EXPECT_FALSE(metric.contains("sum"));
}

TEST(OtlpMetrics, LeavesOutWhatJsonAndOtlpCannotSay) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const base::Json body = body_of(
      {{"a", {}, PointKind::gauge, "s", infinity}, {"b", {}, PointKind::gauge, "s", 1, /*ends=*/true}});
  EXPECT_TRUE(metrics_of(body).empty());
}

TEST(OtlpRefusal, IsReadFromThePartialSuccess) {
  const auto refusal =
      otlp_refusal(R"({"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too old"}})");
  EXPECT_EQ(refusal.points, 3U);
  EXPECT_EQ(refusal.message, "too old");
  EXPECT_EQ(otlp_refusal(R"({"partialSuccess":{"rejectedDataPoints":4}})").points, 4U);
}

TEST(OtlpRefusal, IsNoneWhereNothingWasRefused) {
  for (const char* body : {"", "{}", "ok", R"({"partialSuccess":{}})", R"({"partialSuccess":null})"})
    EXPECT_EQ(otlp_refusal(body).points, 0U) << body;
}

}  // namespace
}  // namespace telemetry
