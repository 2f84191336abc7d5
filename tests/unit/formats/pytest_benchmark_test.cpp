#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format_files.h"

namespace plimsoll::formats {
namespace {

using testing::HasSubstr;

constexpr auto with_parameter =
    "bench.real_time{benchmark=test_count_words[100],fullname=test_words.py::test_count_words[100],size=100}";

TEST(PytestBenchmark, EveryRoundIsASample) {
  const ImportedFile file = read_data("pytest_benchmark.json");
  EXPECT_EQ(file.format, "pytest-benchmark");
  const ImportedSeries words = series_of(file, with_parameter);
  EXPECT_EQ(words.samples.size(), 8U);
  EXPECT_EQ(words.figures.count, 8U);
  EXPECT_DOUBLE_EQ(words.figures.min.value(), 1.5217500276776263e-05);
  EXPECT_DOUBLE_EQ(words.figures.max.value(), 1.7561000277055427e-05);
  EXPECT_NEAR(words.figures.mean.value(), 1.5673250118197757e-05, 1e-18);
}

TEST(PytestBenchmark, MedianAndPercentileAreNearestRankNotInterpolated) {
  const ImportedSeries words = series_of(read_data("pytest_benchmark.json"), with_parameter);
  EXPECT_DOUBLE_EQ(words.figures.median.value(), 1.5317999896069523e-05);  // the fourth of eight
  EXPECT_DOUBLE_EQ(words.figures.p95.value(), 1.7561000277055427e-05);
}

TEST(PytestBenchmark, GroupsAreLabels) {
  EXPECT_TRUE(
      has_series(read_data("pytest_benchmark.json"),
                 "bench.real_time{benchmark=test_empty,fullname=test_words.py::test_empty,group=empty}"));
}

TEST(PytestBenchmark, SavedFilesHoldFiguresAndNoSamples) {
  const ImportedSeries words = series_of(read_data("pytest_benchmark_saved.json"), with_parameter);
  EXPECT_TRUE(words.samples.empty());
  EXPECT_EQ(words.figures.count, 8U);
  EXPECT_TRUE(words.figures.median.has_value());
  EXPECT_TRUE(words.figures.mean.has_value());
  EXPECT_FALSE(words.figures.p95.has_value());
}

TEST(PytestBenchmark, BrokenFilesAreRefusedWithTheirPlace) {
  const std::string text = data_text("pytest_benchmark.json");
  EXPECT_THAT(error_of(text.substr(0, text.size() - 40)), HasSubstr("results.file:"));
  EXPECT_THAT(error_of(R"({"machine_info":{},"benchmarks":[{"name":"a"}]})"),
              HasSubstr("benchmarks[0]: expected `stats`"));
  EXPECT_THAT(error_of(R"({"machine_info":{},"benchmarks":[{"name":"a","stats":{"data":[1,"x"]}}]})"),
              HasSubstr("benchmarks[0]: expected only numbers"));
}

}  // namespace
}  // namespace plimsoll::formats
