// Printed by vegeta 12.13, Locust 2.47.0 and autocannon 9.0.0 about memory_api.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format_files.h"

namespace plimsoll::formats {
namespace {

using testing::HasSubstr;

TEST(Vegeta, TheReportHoldsFigures) {
  const ImportedFile file = read_data("vegeta_report.json");
  EXPECT_EQ(file.format, "vegeta");
  const ImportedSeries latency = series_of(file, "load.latency");
  EXPECT_TRUE(latency.samples.empty());
  EXPECT_EQ(latency.series.unit, "seconds");
  EXPECT_EQ(latency.figures.count, 18U);
  EXPECT_DOUBLE_EQ(latency.figures.min.value(), 0.000373433);
  EXPECT_DOUBLE_EQ(latency.figures.median.value(), 0.124325686);
  EXPECT_DOUBLE_EQ(latency.figures.mean.value(), 0.183251489);
  EXPECT_DOUBLE_EQ(latency.figures.p95.value(), 0.379695413);
  EXPECT_DOUBLE_EQ(latency.figures.max.value(), 0.379847391);
  EXPECT_DOUBLE_EQ(series_of(file, "load.errors").figures.mean.value(), 0.5);
  EXPECT_EQ(series_of(file, "load.rate").series.better, model::Better::higher);
}

TEST(Vegeta, ResultsAreSamples) {
  for (const char* name : {"vegeta_results.json", "vegeta_results.csv"}) {
    const ImportedFile file = read_data(name);
    EXPECT_EQ(file.format, "vegeta") << name;
    const ImportedSeries latency = series_of(file, "load.latency{attack=basic,method=GET}");
    EXPECT_EQ(latency.samples.size(), 18U) << name;
    EXPECT_DOUBLE_EQ(latency.figures.median.value(), 0.124191262) << name;
    EXPECT_DOUBLE_EQ(latency.figures.p95.value(), 0.379847391) << name;
    EXPECT_NEAR(latency.figures.mean.value(), 0.183251489, 1e-9) << name;
    EXPECT_EQ(series_of(file, "load.errors{attack=basic,method=GET}").figures.mean, 0.5) << name;
  }
}

TEST(Vegeta, RequestsWithoutAnAnswerAreNoSamples) {
  const auto file = read_results(R"({"attack":"","seq":0,"code":0,"latency":9,"error":"refused"})"
                                 "\n"
                                 R"({"attack":"","seq":1,"code":200,"latency":1000,"error":""})"
                                 "\n",
                                 "refused.json");
  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(series_of(*file, "load.latency").samples, testing::ElementsAre(testing::DoubleEq(1e-6)));
  EXPECT_EQ(series_of(*file, "load.errors").figures.mean, 0.5);
  EXPECT_TRUE(was_skipped(*file, "requests", "1 of 2 requests got no answer"));
}

TEST(Vegeta, BrokenFilesNameTheirPlace) {
  const std::string json = data_text("vegeta_results.json");
  EXPECT_THAT(error_of(json.substr(0, json.size() - 30)), HasSubstr("results.file:18:"));
  const std::string csv = data_text("vegeta_results.csv");
  EXPECT_THAT(error_of(csv.substr(0, csv.size() - 30)), HasSubstr("results.file:18:"));
  EXPECT_THAT(error_of(R"({"latencies":{"99th":1}})"), HasSubstr("/requests: expected a number"));
}

TEST(Locust, EachRequestHasItsFigures) {
  const ImportedFile file = read_data("locust_stats.csv");
  EXPECT_EQ(file.format, "locust-stats");
  const ImportedSeries list =
      series_of(file, R"(load.latency{method=GET,request="/v1/memories/, all of one user"})");
  EXPECT_EQ(list.figures.count, 15U);
  EXPECT_DOUBLE_EQ(list.figures.median.value(), 0.033);
  EXPECT_DOUBLE_EQ(list.figures.mean.value(), 0.06426062686647735);
  EXPECT_DOUBLE_EQ(list.figures.min.value(), 0.001342609999483102);
  EXPECT_DOUBLE_EQ(list.figures.p95.value(), 0.550);
  EXPECT_DOUBLE_EQ(list.figures.max.value(), 0.5514194829993357);
  EXPECT_EQ(series_of(file, "load.errors{method=GET,request=/no/such/path}").figures.mean, 1.0);
  EXPECT_EQ(series_of(file, "load.latency{request=Aggregated}").figures.count, 113U);
  EXPECT_DOUBLE_EQ(series_of(file, "load.rate{request=Aggregated}").figures.mean.value(), 15.01184150621785);
}

TEST(Locust, TheHistorysLastTotalsCountAndItsSlidingPercentilesDoNot) {
  const ImportedFile file = read_data("locust_stats_history.csv");
  EXPECT_EQ(file.format, "locust-stats");
  const ImportedSeries health = series_of(file, "load.latency{method=GET,request=/health}");
  EXPECT_EQ(health.figures.count, 76U);
  EXPECT_DOUBLE_EQ(health.figures.median.value(), 0.024);
  EXPECT_FALSE(health.figures.p95.has_value());
  EXPECT_TRUE(health.samples.empty());
}

TEST(Locust, BrokenFilesNameTheirPlace) {
  const std::string text = data_text("locust_stats.csv");
  EXPECT_THAT(error_of(text.substr(0, text.find(",Aggregated"))),
              HasSubstr("ends before the row `Aggregated`"));
  EXPECT_THAT(error_of(base::replace_all(text, "GET,/health,76,", "GET,/health,x,")),
              HasSubstr("results.file:2:13: Request Count: expected a number, found \"x\""));
  EXPECT_THAT(error_of("Type,Name,Request Count,Failure Count,Median\n"),
              HasSubstr("results.file:1:1: there is no column \"Median Response Time\""));
}

TEST(Oha, TellsItsFigures) {
  const ImportedFile file = read_data("oha.json");
  EXPECT_EQ(file.format, "oha");
  const ImportedSeries latency = series_of(file, "load.latency");
  EXPECT_EQ(latency.figures.count, 6645U);
  EXPECT_DOUBLE_EQ(latency.figures.median.value(), 0.000088521);
  EXPECT_DOUBLE_EQ(latency.figures.p95.value(), 0.020392984);
  EXPECT_DOUBLE_EQ(latency.figures.max.value(), 0.123255725);
  EXPECT_EQ(series_of(file, "load.errors").figures.mean, 0.0);
  EXPECT_DOUBLE_EQ(series_of(file, "load.rate").figures.mean.value(), 2204.548820287249);
  EXPECT_TRUE(was_skipped(file, "requests", "5 were under way when its time was over"));
}

// oha 1.16 (src/client.rs, src/result_data.rs) writes what it broke off itself among the errors.
TEST(Oha, WhatItBreaksOffIsNoErrorOfTheService) {
  const auto file = read_results(
      R"({"summary":{"slowest":0.4,"fastest":0.1,"average":0.2,"requestsPerSec":50},)"
      R"("latencyPercentiles":{"p50":0.2,"p95":0.3},"statusCodeDistribution":{"200":98,"503":1},)"
      R"("errorDistribution":{"aborted due to deadline":5,"connection refused":1}})",
      "oha.json");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->format, "oha");
  EXPECT_DOUBLE_EQ(series_of(*file, "load.errors").figures.mean.value(), 0.02);
  EXPECT_TRUE(was_skipped(*file, "requests", "5 were under way when its time was over"));
}

TEST(Autocannon, HasNo95thPercentile) {
  const ImportedFile file = read_data("autocannon.json");
  EXPECT_EQ(file.format, "autocannon");
  const ImportedSeries latency = series_of(file, R"(load.latency{url=http://127.0.0.1:43531/health})");
  EXPECT_EQ(latency.figures.count, 3U);
  EXPECT_DOUBLE_EQ(latency.figures.min.value(), 0.446);
  EXPECT_DOUBLE_EQ(latency.figures.median.value(), 3.047);
  EXPECT_DOUBLE_EQ(latency.figures.mean.value(), 2.32934);
  EXPECT_FALSE(latency.figures.p95.has_value());
  EXPECT_DOUBLE_EQ(latency.figures.max.value(), 3.495);
  EXPECT_EQ(series_of(file, R"(load.errors{url=http://127.0.0.1:43531/health})").figures.mean, 0.0);
}

TEST(Autocannon, WhatIsMissingIsNamed) {
  EXPECT_THAT(error_of(R"({"latency":{"p97_5":1}})"), HasSubstr("/requests: expected autocannon's figures"));
}

}  // namespace
}  // namespace plimsoll::formats
