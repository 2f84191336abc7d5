#include "telemetry/prometheus_text.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(PrometheusText, ReadsSamplesWithTheirKindAndLabels) {
  const auto samples = parse_exposition(
      "# HELP memory Bytes \\ in use\n# TYPE memory gauge\nmemory 5.5e3\n"
      "# TYPE hits counter\nhits_total{route=\"/a\\\"b\\\\\\n\", code=\"200\",} 7 1700000000000\n"
      "# TYPE wait histogram\nwait_bucket{le=\"+Inf\"} 3\nwait_sum 0.5\n\nbare +Inf\n# EOF\n");
  ASSERT_TRUE(samples) << base::to_string(samples.error());
  EXPECT_THAT(
      *samples,
      ElementsAre(
          ExposedSample{"memory", {}, MetricKind::gauge, 5500},
          ExposedSample{"hits_total", {{"route", "/a\"b\\\n"}, {"code", "200"}}, MetricKind::counter, 7},
          ExposedSample{"wait_bucket", {{"le", "+Inf"}}, MetricKind::histogram, 3},
          ExposedSample{"wait_sum", {}, MetricKind::histogram, 0.5},
          ExposedSample{"bare", {}, MetricKind::untyped, INFINITY}));
}

TEST(PrometheusText, ReadsWhatItsOwnWriterWrites) {
  Registry registry;
  registry.counter("requests_total", "How many", {{"code", "2\"00"}}).add(3);
  registry.gauge("open", "Now").set(-1.5);
  registry.histogram("wait_seconds", "How long", {0.1, 1}).observe(0.2);
  for (const std::string& text : {registry.prometheus_text(), registry.open_metrics_text()}) {
    const auto samples = parse_exposition(text);
    ASSERT_TRUE(samples) << base::to_string(samples.error());
    double requests = 0;
    double open = 0;
    for (const ExposedSample& sample : *samples) {
      if (sample.kind == MetricKind::counter) requests = sample.value;
      if (sample.kind == MetricKind::gauge) open = sample.value;
    }
    EXPECT_EQ(requests, 3);
    EXPECT_EQ(open, -1.5);
  }
}

TEST(PrometheusText, NamesTheLineOfAMistake) {
  const auto error_of = [](std::string_view text) {
    const auto samples = parse_exposition(text);
    return samples ? std::string("none") : samples.error().message;
  };
  EXPECT_THAT(error_of("a 1\nb{x=\"1} 2\n"), HasSubstr("line 2: expected the closing quote"));
  EXPECT_THAT(error_of("a one\n"), HasSubstr("line 1: expected a number, found \"one\""));
  EXPECT_THAT(error_of("<html>\n"), HasSubstr("line 1: expected the name of a metric"));
  EXPECT_THAT(error_of("a{x=1} 2"), HasSubstr("in quotes"));
}

TEST(PrometheusText, StopsAtItsLimits) {
  const auto samples = parse_exposition("a 1\nb 2\nc 3\n", {.samples = 2});
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().code, base::ErrorCode::too_large);
  EXPECT_FALSE(parse_exposition("a{b=\"1\",c=\"2\"} 1", {.labels = 1}));
}

TEST(PrometheusText, AnIdentityReadsAsTheSampleStood) {
  EXPECT_EQ(identity({"a", {}, MetricKind::gauge, 1}), "a");
  EXPECT_EQ(identity({"a", {{"b", "c"}, {"d", "e"}}, MetricKind::gauge, 1}), "a{b=\"c\",d=\"e\"}");
}

}  // namespace
}  // namespace telemetry
