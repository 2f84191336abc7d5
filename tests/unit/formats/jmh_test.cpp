// Printed by JMH 1.37 about a benchmark that asks memory_api.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format_files.h"

namespace plimsoll::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Jmh, OperationsByTimeAreHigherIsBetterAndIterationsAreSamples) {
  const ImportedFile file = read_data("jmh_profiled.json");
  EXPECT_EQ(file.format, "jmh");
  const ImportedSeries rate =
      series_of(file, "bench.throughput{benchmark=bench.Health.get,mode=thrpt,path=/health}");
  EXPECT_EQ(rate.series.unit, "per_second");
  EXPECT_EQ(rate.series.better, model::Better::higher);
  ASSERT_EQ(rate.samples.size(), 6U);
  EXPECT_DOUBLE_EQ(rate.samples[0], 101.25258945587175);
  EXPECT_DOUBLE_EQ(rate.figures.median.value(), 63.81526858155441);
  EXPECT_DOUBLE_EQ(rate.figures.p95.value(), 174.2174366886213);
}

TEST(Jmh, WhatProfilersSawAreCounters) {
  const ImportedFile file = read_data("jmh_profiled.json");
  const ImportedSeries rate = series_of(
      file, "bench.counter{benchmark=bench.Health.get,counter=gc.alloc.rate,mode=thrpt,path=/health}");
  EXPECT_EQ(rate.series.unit, "bytes_per_second");
  EXPECT_DOUBLE_EQ(rate.samples.at(0), 2.0013384770493476 * 1048576);
  const ImportedSeries each = series_of(
      file, "bench.counter{benchmark=bench.Health.get,counter=gc.alloc.rate.norm,mode=thrpt,path=/health}");
  EXPECT_EQ(each.series.unit, "bytes");
  EXPECT_EQ(each.series.better, model::Better::lower);
  EXPECT_EQ(each.samples.size(), 6U);
}

TEST(Jmh, ModesAreSeriesOfTheirOwn) {
  const ImportedFile file = read_data("jmh.json");
  const ImportedSeries average =
      series_of(file, "bench.real_time{benchmark=bench.Health.get,mode=avgt,path=/health}");
  EXPECT_EQ(average.series.unit, "seconds");
  EXPECT_EQ(average.samples.size(), 4U);
  EXPECT_TRUE(has_series(file, "bench.real_time{benchmark=bench.Health.get,mode=ss,path=/health}"));
  EXPECT_TRUE(has_series(file, "bench.throughput{benchmark=bench.Health.get,mode=thrpt,path=/health}"));
}

TEST(Jmh, InSampleModeEveryOperationCounts) {
  const ImportedSeries sample = series_of(
      read_data("jmh_sample.json"), "bench.real_time{benchmark=bench.Health.get,mode=sample,path=/health}");
  ASSERT_TRUE(sample.histogram.has_value());
  EXPECT_EQ(sample.figures.count, sample.histogram->count());
  EXPECT_GE(sample.figures.p95.value(), sample.figures.median.value());
  EXPECT_GE(sample.figures.max.value(), sample.figures.p95.value());
}

TEST(Jmh, CountedValuesAreRankedExactly) {
  const auto file = read_results(
      R"([{"benchmark":"b","mode":"sample","primaryMetric":{"scoreUnit":"us/op","rawDataHistogram":[[[[3,10],[1,80]],[[2,10]]]]}}])",
      "counts.json");
  ASSERT_TRUE(file.has_value());
  const Figures figures = series_of(*file, "bench.real_time{benchmark=b,mode=sample}").figures;
  EXPECT_EQ(figures.count, 100U);
  EXPECT_DOUBLE_EQ(figures.median.value(), 1e-6);
  EXPECT_DOUBLE_EQ(figures.p95.value(), 3e-6);
  EXPECT_NEAR(figures.mean.value(), 1.3e-6, 1e-15);
}

TEST(Jmh, BrokenFilesNameTheirPlace) {
  EXPECT_THAT(error_of(R"([{"benchmark":"b","primaryMetric":{"scoreUnit":"s/op","rawData":[[1,{}]]}}])"),
              HasSubstr("/0/primaryMetric/rawData/0/1: expected a number"));
  EXPECT_THAT(error_of(R"([{"primaryMetric":{}}])"), HasSubstr("/0/benchmark: expected"));
  EXPECT_THAT(error_of(R"([{"benchmark":"b","primaryMetric":{"rawDataHistogram":[[[[1,-1]]]]}}])"),
              HasSubstr("expected pairs of value and count"));
}

}  // namespace
}  // namespace plimsoll::formats
