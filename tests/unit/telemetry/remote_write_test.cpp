#include "telemetry/remote_write.h"

#include <bit>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <protozero/pbf_reader.hpp>
#include <snappy.h>

namespace telemetry {
namespace {

using testing::ElementsAre;
using testing::Pair;

// What a receiver reads.
struct ReadSeries {
  Labels labels;
  double value = 0;
  std::int64_t milliseconds = 0;
};

std::pair<std::string, std::string> read_label(protozero::pbf_reader message) {
  std::pair<std::string, std::string> label;
  while (message.next()) {
    std::string& part = message.tag() == 1 ? label.first : label.second;
    part = message.get_string();
  }
  return label;
}

ReadSeries read_series(protozero::pbf_reader message) {
  ReadSeries series;
  while (message.next()) {
    if (message.tag() == 1) {
      series.labels.push_back(read_label(message.get_message()));
      continue;
    }
    protozero::pbf_reader sample = message.get_message();
    while (sample.next()) {
      if (sample.tag() == 1) {
        series.value = sample.get_double();
      } else {
        series.milliseconds = sample.get_int64();
      }
    }
  }
  return series;
}

std::vector<ReadSeries> read_body(const std::string& body) {
  std::string message;
  EXPECT_TRUE(snappy::Uncompress(body.data(), body.size(), &message));
  std::vector<ReadSeries> result;
  protozero::pbf_reader request(message);
  while (request.next(1)) result.push_back(read_series(request.get_message()));
  return result;
}

MetricBatch batch_of(std::vector<MetricPoint> points) {
  return {1'790'000'000'123, 1'790'000'000'000, std::move(points)};
}

TEST(RemoteWrite, SaysWhatWasRead) {
  const auto series = read_body(remote_write_body(
      batch_of({{"http_reqs", {{"scenario", "a"}, {"name", "b"}}, PointKind::counter, "1", 42},
                {"latency_p95", {}, PointKind::gauge, "s", 0.25}})));
  ASSERT_EQ(series.size(), 2U);
  EXPECT_THAT(series[0].labels,
              ElementsAre(Pair("__name__", "http_reqs_total"), Pair("name", "b"), Pair("scenario", "a")));
  EXPECT_EQ(series[0].value, 42);
  EXPECT_EQ(series[0].milliseconds, 1'790'000'000'123);
  EXPECT_THAT(series[1].labels, ElementsAre(Pair("__name__", "latency_p95")));
  EXPECT_EQ(series[1].value, 0.25);
}

TEST(RemoteWrite, SortsLabelsByBytesAndLeavesEmptyOnesOut) {
  const auto series = read_body(
      remote_write_body(batch_of({{"x", {{"b", "1"}, {"Z", "2"}, {"a", ""}}, PointKind::gauge, "", 1}})));
  ASSERT_EQ(series.size(), 1U);
  EXPECT_THAT(series[0].labels, ElementsAre(Pair("Z", "2"), Pair("__name__", "x"), Pair("b", "1")));
}

TEST(RemoteWrite, EndsASeriesWithThePrometheusMarker) {
  const auto series =
      read_body(remote_write_body(batch_of({{"x", {}, PointKind::gauge, "", 7, /*ends=*/true}})));
  ASSERT_EQ(series.size(), 1U);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(series[0].value), 0x7ff0000000000002U);
}

TEST(RemoteWrite, OfNothingIsAnEmptyRequest) {
  EXPECT_TRUE(read_body(remote_write_body(batch_of({}))).empty());
}

}  // namespace
}  // namespace telemetry
