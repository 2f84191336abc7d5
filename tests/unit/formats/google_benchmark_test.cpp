#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format_files.h"

namespace plimsoll::formats {
namespace {

using testing::HasSubstr;

TEST(GoogleBenchmark, ReadsRunsInSecondsWithTheirOwnNames) {
  const ImportedFile file = read_data("google_benchmark.json");
  EXPECT_EQ(file.format, "google-benchmark");
  const ImportedSeries record = series_of(file, "bench.real_time{benchmark=record/0}");
  EXPECT_EQ(record.series.unit, "seconds");
  EXPECT_EQ(record.series.better, model::Better::lower);
  ASSERT_EQ(record.samples.size(), 1U);
  EXPECT_GT(record.samples[0], 1e-9);
  EXPECT_LT(record.samples[0], 1e-6);
  EXPECT_EQ(record.figures.count, 1U);
  EXPECT_EQ(record.figures.p95, record.samples[0]);
  EXPECT_TRUE(has_series(file, "bench.cpu_time{benchmark=percentile}"));
  EXPECT_TRUE(file.skipped.empty());
}

TEST(GoogleBenchmark, RatesAreHigherIsBetterAndCountersKeepTheirName) {
  const ImportedFile file = read_data("google_benchmark.json");
  const ImportedSeries rate = series_of(file, "bench.items_per_second{benchmark=record/8}");
  EXPECT_EQ(rate.series.better, model::Better::higher);
  EXPECT_EQ(rate.series.unit, "per_second");
  const ImportedSeries counter = series_of(file, "bench.counter{benchmark=record/0,counter=dense_bytes}");
  EXPECT_THAT(counter.samples, testing::ElementsAre(10556));
  EXPECT_EQ(counter.series.unit, "bytes");
  EXPECT_EQ(counter.series.better, model::Better::lower);
}

TEST(GoogleBenchmark, CountersSayTheirUnitByTheirName) {
  const auto file = read_results(
      R"({"context":{},"benchmarks":[{"name":"a","real_time":1,"p99_seconds":0.5,"hits_per_second":7,"depth":3}]})",
      "out.json");
  ASSERT_TRUE(file.has_value()) << base::to_string(file.error());
  const auto unit_of = [&](const std::string& counter) {
    return series_of(*file, "bench.counter{benchmark=a,counter=" + counter + "}").series.unit;
  };
  EXPECT_EQ(unit_of("p99_seconds"), "seconds");
  EXPECT_EQ(unit_of("hits_per_second"), "per_second");
  EXPECT_EQ(unit_of("depth"), "count");
}

TEST(GoogleBenchmark, RepetitionsAreSamplesAndAggregatesAreNot) {
  const ImportedFile file = read_data("google_benchmark_repetitions.json");
  const ImportedSeries merge = series_of(file, "bench.real_time{benchmark=merge}");
  EXPECT_EQ(merge.samples.size(), 3U);
  EXPECT_EQ(merge.figures.count, 3U);
  EXPECT_FALSE(has_series(file, "bench.real_time{benchmark=merge_mean}"));
  EXPECT_TRUE(was_skipped(file, "merge_stddev", "aggregate"));
}

TEST(GoogleBenchmark, AggregatesAloneAreFiguresWithoutSamples) {
  const ImportedFile file = read_data("google_benchmark_aggregates.json");
  const ImportedSeries merge = series_of(file, "bench.real_time{benchmark=merge}");
  EXPECT_TRUE(merge.samples.empty());
  EXPECT_EQ(merge.figures.count, 3U);
  EXPECT_DOUBLE_EQ(merge.figures.mean.value(), 4.7486913958179957e-06);
  EXPECT_DOUBLE_EQ(merge.figures.median.value(), 4.8516135185809335e-06);
  EXPECT_FALSE(merge.figures.p95.has_value());
  EXPECT_FALSE(merge.figures.min.has_value());
}

TEST(GoogleBenchmark, FailedRunsAreNoSamplesAndSaySo) {
  const ImportedFile file = read_data("google_benchmark_failed.json");
  EXPECT_FALSE(has_series(file, "bench.real_time{benchmark=refuses}"));
  EXPECT_TRUE(was_skipped(file, "refuses", "twelve is not a number"));
}

TEST(GoogleBenchmark, ReadsMillisecondsAndNumbersThatJsonHasNot) {
  const ImportedFile file = read_data("google_benchmark_failed.json");
  EXPECT_NEAR(series_of(file, "bench.real_time{benchmark=parses}").samples.at(0), 3.018e-08, 1e-10);
  EXPECT_EQ(series_of(file, "bench.bytes_per_second{benchmark=parses}").series.unit, "bytes_per_second");
  EXPECT_TRUE(has_series(file, "bench.cpu_time{benchmark=no_number}"));
  EXPECT_FALSE(has_series(file, "bench.counter{benchmark=no_number,counter=ratio}"));
}

TEST(GoogleBenchmark, OldVersionsWithoutRunTypeAreReadToo) {
  const auto file = read_results(
      R"({"context":{},"benchmarks":[{"name":"a","iterations":1,"real_time":2,"cpu_time":2},
          {"name":"a_mean","iterations":1,"real_time":3,"cpu_time":3}]})",
      "old.json");
  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(series_of(*file, "bench.real_time{benchmark=a}").samples, testing::ElementsAre(2e-9));
}

TEST(GoogleBenchmark, TruncatedFilesAreRefusedWithTheirPlace) {
  const std::string text = data_text("google_benchmark.json");
  EXPECT_THAT(error_of(text.substr(0, text.size() / 2)), HasSubstr("results.file:"));
  EXPECT_THAT(error_of(text.substr(0, text.size() / 2), "google-benchmark"), HasSubstr("results.file:"));
}

TEST(GoogleBenchmark, BrokenFieldsAreNamed) {
  EXPECT_THAT(error_of(R"({"context":{},"benchmarks":[{"name":"a","time_unit":"h"}]})"),
              HasSubstr("benchmarks[0]: unknown time_unit \"h\""));
  EXPECT_THAT(error_of(R"({"context":{},"benchmarks":[7]})"), HasSubstr("benchmarks[0]: expected a run"));
  EXPECT_THAT(error_of("{}", "google-benchmark"), HasSubstr("`benchmarks`"));
}

}  // namespace
}  // namespace plimsoll::formats
