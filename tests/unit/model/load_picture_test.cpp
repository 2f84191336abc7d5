#include "plimsoll/model/load_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace plimsoll::model {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

SeriesData latencies(const std::string& scenario, int slices, double fast, double slow) {
  SeriesData data{{{"load.latency", {{"route", "list"}, {"scenario", scenario}}}, "seconds"}, "", {}};
  for (int i = 0; i < slices; ++i) {
    base::Histogram histogram;
    histogram.record(fast, 99);
    histogram.record(slow, 1);
    if (i == 1) histogram.record_infinite(3);
    data.observations.push_back({.slice_start = 100.0 + i, .slice_seconds = 1, .value = histogram});
  }
  return data;
}

TEST(LoadPicture, CountsWhatEachSliceHeld) {
  const std::vector<SeriesData> series = {latencies("a", 5, 0.002, 0.9), latencies("b", 2, 0.1, 0.1)};
  const auto pictures = load_pictures(series);
  ASSERT_THAT(pictures, SizeIs(1));  // two slices are no picture
  const LoadPicture& picture = pictures.front();
  EXPECT_EQ(picture.series, "load.latency{scenario=a}");
  EXPECT_LE(picture.row_edges.front(), 0.002);
  EXPECT_GE(picture.row_edges.back(), 0.9);
  ASSERT_THAT(picture.columns, SizeIs(5));
  EXPECT_EQ(picture.columns[1].failed, 3u);
  for (const LoadColumn& column : picture.columns) {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : column.counts) sum += count;
    EXPECT_EQ(sum, 100u);
    EXPECT_EQ(column.counts.front() + column.counts[1], 99u);
  }
}

TEST(LoadPicture, TheSpectrumEndsWhereTheRequestsDo) {
  const auto pictures = load_pictures(std::vector{latencies("a", 5, 0.002, 0.9)});
  const auto& spectrum = pictures.front().spectrum;
  for (std::size_t i = 1; i < spectrum.size(); ++i) {
    EXPECT_GT(spectrum[i].share, spectrum[i - 1].share);
    EXPECT_GE(spectrum[i].seconds, spectrum[i - 1].seconds);
  }
  EXPECT_LE(spectrum.back().share, 0.9975);  // of 503 requests; the last three have no latency
}

TEST(LoadPicture, LongRunsAreThinned) {
  const auto pictures = load_pictures(std::vector{latencies("a", 1'000, 0.002, 0.9)});
  const LoadPicture& picture = pictures.front();
  EXPECT_LE(picture.columns.size(), 120u);
  std::uint64_t requests = 0;
  for (const LoadColumn& column : picture.columns) {
    for (const std::uint64_t count : column.counts) requests += count;
  }
  EXPECT_EQ(requests, 100'000u);
  EXPECT_EQ(picture.columns.back().at_seconds + picture.columns.back().seconds, 1'000);
}

TEST(LoadPicture, OtherSeriesAndFailuresAloneAreNoPicture) {
  SeriesData other = latencies("a", 5, 0.1, 0.2);
  other.series.id.name = "load.service_time";
  EXPECT_THAT(load_pictures(std::vector{other}), IsEmpty());
  SeriesData failed = latencies("a", 5, 0.1, 0.2);
  for (Observation& observation : failed.observations) {
    base::Histogram histogram;
    histogram.record_infinite(5);
    observation.value = histogram;
  }
  EXPECT_THAT(load_pictures(std::vector{failed}), IsEmpty());
}

TEST(LoadPicture, ReadsOnlyWhatFitsTogether) {
  const LoadPicture picture = load_pictures(std::vector{latencies("a", 5, 0.002, 0.9)}).front();
  EXPECT_EQ(load_picture_from_json(to_json(picture)).value(), picture);
  auto json = to_json(picture);
  json["row_edges"] = {0.1, 0.05};
  EXPECT_FALSE(load_picture_from_json(json));
  json = to_json(picture);
  json["columns"][0]["counts"] = {1};
  EXPECT_FALSE(load_picture_from_json(json));
  json["columns"][0]["counts"] = {-1};
  EXPECT_FALSE(load_picture_from_json(json));
  EXPECT_FALSE(load_picture_from_json(3));
}

}  // namespace
}  // namespace plimsoll::model
