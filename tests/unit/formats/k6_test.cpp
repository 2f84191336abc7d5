// Printed by k6 1.8.1 about memory_api.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format_files.h"

namespace plimsoll::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto duration = "load.latency{metric=http_req_duration}";

void expect_figures(const char* name, const Figures& expected) {
  const ImportedFile file = read_data(name);
  EXPECT_EQ(file.format, "k6-summary") << name;
  const ImportedSeries latency = series_of(file, duration);
  EXPECT_EQ(latency.series.unit, "seconds") << name;
  EXPECT_TRUE(latency.samples.empty()) << name;
  EXPECT_EQ(latency.figures.count, expected.count) << name;
  EXPECT_DOUBLE_EQ(latency.figures.min.value(), *expected.min) << name;
  EXPECT_DOUBLE_EQ(latency.figures.median.value(), *expected.median) << name;
  EXPECT_DOUBLE_EQ(latency.figures.mean.value(), *expected.mean) << name;
  EXPECT_DOUBLE_EQ(latency.figures.p95.value(), *expected.p95) << name;
  EXPECT_DOUBLE_EQ(latency.figures.max.value(), *expected.max) << name;
  EXPECT_EQ(series_of(file, "load.errors{metric=http_req_failed}").figures.mean, 0.5) << name;
  EXPECT_EQ(series_of(file, "load.errors{metric=http_req_failed}").figures.count, 20U) << name;
  EXPECT_THAT(series_of(file, "load.requests{metric=http_reqs}").samples, ElementsAre(20)) << name;
  EXPECT_EQ(series_of(file, "load.metric{metric=data_sent}").series.unit, "bytes") << name;
  EXPECT_EQ(series_of(file, "load.metric{metric=iteration_duration}").series.unit, "seconds") << name;
}

TEST(K6Summary, OfTheOldExportTakesTheCountFromHttpReqs) {
  expect_figures("k6_summary_export.json",
                 {20, 0.086068e-3, 0.5306465e-3, 17.5049171e-3, 98.1620641500001e-3, 227.282191e-3});
}

TEST(K6Summary, OfHandleSummary) {
  expect_figures("k6_handle_summary.json", {20, 0.050494e-3, 0.23061199999999998e-3, 1.8488392500000004e-3,
                                            8.240438450000006e-3, 16.93422e-3});
}

TEST(K6Summary, OfTheMachineReadableKind) {
  expect_figures("k6_machine_readable.json",
                 {20, 0.089593e-3, 0.165245e-3, 3.9043384000000003e-3, 30.596164299999998e-3, 30.708498e-3});
}

TEST(K6Summary, AMetricOfOnesOwnHasTheUnitThatTheFileSays) {
  const ImportedSeries said =
      series_of(read_data("k6_handle_summary.json"), "load.metric{metric=answer_time}");
  EXPECT_EQ(said.series.unit, "seconds");
  EXPECT_FALSE(said.figures.count.has_value());
  const ImportedSeries unsaid =
      series_of(read_data("k6_summary_export.json"), "load.metric{metric=answer_time}");
  EXPECT_EQ(unsaid.series.unit, "count");
}

TEST(K6Summary, APartOfAMetricHasNoCountOfTheWhole) {
  const ImportedSeries part = series_of(read_data("k6_handle_summary.json"),
                                        R"(load.metric{metric="http_req_duration{kind:health}"})");
  EXPECT_FALSE(part.figures.count.has_value());
  EXPECT_TRUE(part.figures.p95.has_value());
}

TEST(K6Summary, OtherVersionsAndBrokenFilesNameTheirPlace) {
  EXPECT_THAT(error_of(base::replace_all(data_text("k6_machine_readable.json"), R"("version": "1.0.0")",
                                         R"("version": "2.0.0")")),
              HasSubstr("/version: expected 1.x of k6's machine-readable summary, found \"2.0.0\""));
  EXPECT_THAT(error_of(R"({"metrics":{"http_reqs":7}})"), HasSubstr("/metrics/http_reqs: expected figures"));
  const std::string text = data_text("k6_summary_export.json");
  EXPECT_THAT(error_of(text.substr(0, text.size() / 2)), HasSubstr("results.file:"));
}

TEST(K6Csv, EveryRequestIsASample) {
  const ImportedFile file = read_data("k6.csv");
  EXPECT_EQ(file.format, "k6-csv");
  const ImportedSeries latency = series_of(file, duration);
  EXPECT_EQ(latency.samples.size(), 6U);
  EXPECT_EQ(latency.series.unit, "seconds");
  EXPECT_DOUBLE_EQ(latency.figures.median.value(), 8.066291e-3);
  EXPECT_DOUBLE_EQ(latency.figures.p95.value(), 15.202444e-3);
  EXPECT_EQ(series_of(file, "load.errors{metric=http_req_failed}").figures.mean, 0.5);
  EXPECT_THAT(series_of(file, "load.requests{metric=http_reqs}").samples, ElementsAre(6));
  EXPECT_THAT(series_of(file, "load.metric{metric=data_sent}").samples, ElementsAre(465));
  EXPECT_EQ(series_of(file, "load.checks{metric=checks}").figures.mean, 1.0);
}

TEST(K6Csv, RequestsWithoutAnAnswerAreNoSamples) {
  const auto file = read_results(
      "metric_name,timestamp,metric_value,status\nhttp_req_duration,1,0,0\nhttp_req_duration,1,2.5,404\n",
      "k6.csv");
  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(series_of(*file, duration).samples, ElementsAre(2.5e-3));
  EXPECT_TRUE(was_skipped(*file, "http_req_duration", "1 of 2 requests got no answer"));
}

TEST(K6Csv, BrokenRowsNameTheirPlace) {
  const std::string head = "metric_name,timestamp,metric_value,status\n";
  EXPECT_THAT(error_of(head + "vus,1,x,\n"),
              HasSubstr("results.file:2:7: metric_value: expected a number, found \"x\""));
  EXPECT_THAT(error_of(head + "vus,1\n"), HasSubstr("results.file:2:5: expected 4 cells"));
  EXPECT_THAT(error_of(head + "vus,1,2,0"), HasSubstr("the last row is cut"));
}

}  // namespace
}  // namespace plimsoll::formats
