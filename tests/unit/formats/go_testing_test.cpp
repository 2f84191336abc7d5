// Printed by go 1.26.8 about a benchmark that asks memory_api.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format_files.h"

namespace plimsoll::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto health = "{benchmark=BenchmarkHealth-2,package=example.com/memory_api_bench}";
constexpr auto ready = "{benchmark=BenchmarkPaths/path=ready-2,package=example.com/memory_api_bench}";

TEST(GoTesting, EachLineIsASampleUnderItsOwnName) {
  const ImportedFile file = read_data("go_testing.txt");
  EXPECT_EQ(file.format, "go-testing");
  const ImportedSeries time = series_of(file, std::string("bench.real_time") + health);
  EXPECT_EQ(time.series.unit, "seconds");
  ASSERT_EQ(time.samples.size(), 2U);
  EXPECT_DOUBLE_EQ(time.samples[0], 0.064906546);
  EXPECT_DOUBLE_EQ(time.samples[1], 0.004650504);
  EXPECT_EQ(time.figures.p95, time.samples[0]);
  EXPECT_TRUE(file.skipped.empty());
}

TEST(GoTesting, MemoryIsLowerAndRatesAreHigherIsBetter) {
  const ImportedFile file = read_data("go_testing.txt");
  const ImportedSeries bytes = series_of(file, std::string("bench.allocated_bytes") + health);
  EXPECT_EQ(bytes.series.unit, "bytes");
  EXPECT_EQ(bytes.series.better, model::Better::lower);
  EXPECT_THAT(bytes.samples, ElementsAre(5691, 3633));
  EXPECT_THAT(series_of(file, std::string("bench.allocations") + health).samples, ElementsAre(54, 47));
  const ImportedSeries rate = series_of(file, std::string("bench.bytes_per_second") + ready);
  EXPECT_EQ(rate.series.better, model::Better::higher);
  EXPECT_EQ(rate.series.unit, "bytes_per_second");
  EXPECT_DOUBLE_EQ(rate.samples[0], 0.02e6);
}

TEST(GoTesting, MetricsOfOnesOwnKeepTheirUnit) {
  const ImportedFile file = read_data("go_testing.txt");
  const ImportedSeries own =
      series_of(file,
                "bench.counter{benchmark=BenchmarkPaths/path=ready-2,counter=answers/op,"
                "package=example.com/memory_api_bench}");
  EXPECT_THAT(own.samples, ElementsAre(3, 3));
}

TEST(GoTesting, EventsSayTheSameAsText) {
  const ImportedFile file = read_data("go_testing.json");
  EXPECT_EQ(file.format, "go-testing");
  const ImportedSeries time = series_of(file, std::string("bench.real_time") + health);
  ASSERT_EQ(time.samples.size(), 2U);
  EXPECT_DOUBLE_EQ(time.samples[0], 0.010402554);
}

TEST(GoTesting, ABenchmarkThatFailedIsNoSampleAndSaysSo) {
  const ImportedFile file = read_data("go_testing_failed.txt");
  EXPECT_TRUE(was_skipped(file, "BenchmarkRefuses", "failed"));
  EXPECT_TRUE(has_series(file, std::string("bench.real_time") + health));
}

TEST(GoTesting, OutputThatIsCutIsRefusedWithItsLine) {
  const std::string text = data_text("go_testing.txt");
  EXPECT_THAT(error_of(text.substr(0, text.find("PASS"))), HasSubstr("results.file:11:1: ends before PASS"));
  EXPECT_THAT(error_of("BenchmarkA-2 \t 10\t 12 ns/op\nBenchmarkB-2 \t 10\t 1"),
              HasSubstr("results.file:2:1"));
  EXPECT_THAT(error_of("BenchmarkA-2 \t 10\t 12 ns/op\t 3\n", "go-testing"), HasSubstr("results.file:1:1"));
  EXPECT_THAT(error_of("BenchmarkA-2 10 x ns/op\n", "go-testing"),
              HasSubstr("results.file:1:17: expected a number"));
  const std::string events = data_text("go_testing.json");
  EXPECT_THAT(error_of(events.substr(0, events.rfind("{\"Time\""))), HasSubstr("ends before the package"));
  EXPECT_THAT(error_of(events.substr(0, events.size() - 20)), HasSubstr("results.file:"));
}

TEST(GoTesting, LinesWithoutAHeaderAreEnough) {
  const auto file = read_results("BenchmarkA 10 12.5 ns/op\nnoise\nBenchmarkA 10 13.5 ns/op\n", "lines.txt");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(series_of(*file, "bench.real_time{benchmark=BenchmarkA}").samples.size(), 2U);
}

}  // namespace
}  // namespace plimsoll::formats
