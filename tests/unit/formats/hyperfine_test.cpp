#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format_files.h"

namespace plimsoll::formats {
namespace {

using testing::HasSubstr;

TEST(Hyperfine, EveryRunIsASample) {
  const ImportedFile file = read_data("hyperfine.json");
  EXPECT_EQ(file.format, "hyperfine");
  const ImportedSeries trim = series_of(file, "bench.wall_time{benchmark=trim}");
  EXPECT_EQ(trim.samples.size(), 6U);
  EXPECT_EQ(trim.series.unit, "seconds");
  EXPECT_EQ(trim.figures.p95, trim.figures.max);
  EXPECT_TRUE(file.skipped.empty());
}

TEST(Hyperfine, UserAndSystemTimeAreMeansWithoutSamples) {
  const ImportedSeries user = series_of(read_data("hyperfine.json"), "bench.user_time{benchmark=trim}");
  EXPECT_TRUE(user.samples.empty());
  EXPECT_TRUE(user.figures.mean.has_value());
  EXPECT_FALSE(user.figures.count.has_value());
  EXPECT_FALSE(user.figures.median.has_value());
}

TEST(Hyperfine, FailedRunsAreNoSamples) {
  const ImportedFile file = read_data("hyperfine_failed.json");
  const ImportedSeries half =
      series_of(file, R"x(bench.wall_time{benchmark="sh -c \"exit $(( $$ % 2 ))\""})x");
  EXPECT_EQ(half.samples.size(), 3U);
  EXPECT_TRUE(was_skipped(file, R"x(sh -c "exit $(( $$ % 2 ))")x", "3 of 6 runs failed"));
  EXPECT_FALSE(has_series(file, R"x(bench.user_time{benchmark="sh -c \"exit $(( $$ % 2 ))\""})x"));
}

TEST(Hyperfine, ACommandThatAlwaysFailsHasNoSeries) {
  const ImportedFile file = read_data("hyperfine_failed.json");
  EXPECT_FALSE(has_series(file, "bench.wall_time{benchmark=./text_test}"));
  EXPECT_TRUE(was_skipped(file, "./text_test", "6 of 6 runs failed"));
}

TEST(Hyperfine, ParametersAreLabels) {
  const ImportedFile file = read_data("hyperfine_parameters.json");
  const auto found = std::ranges::find_if(file.series, [](const ImportedSeries& series) {
    const auto label = series.series.id.labels.find("number");
    return label != series.series.id.labels.end() && label->second == "2";
  });
  ASSERT_NE(found, file.series.end());
  EXPECT_EQ(found->samples.size(), 4U);
}

TEST(Hyperfine, ARunThatASignalEndedFailed) {
  const auto file = read_results(
      R"({"results":[{"command":"a","mean":1,"times":[1,2,3],"exit_codes":[0,null,0]}]})", "signal.json");
  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(series_of(*file, "bench.wall_time{benchmark=a}").samples, testing::ElementsAre(1, 3));
}

TEST(Hyperfine, MemoryOfEachRunIsRead) {
  const auto file = read_results(
      R"({"results":[{"command":"a","mean":1,"times":[1,2],"memory_usage_byte":[4096,8192],"exit_codes":[0,1]}]})",
      "memory.json");
  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(series_of(*file, "bench.peak_memory{benchmark=a}").samples, testing::ElementsAre(4096));
}

TEST(Hyperfine, BrokenFilesAreRefusedWithTheirPlace) {
  const std::string text = data_text("hyperfine.json");
  EXPECT_THAT(error_of(text.substr(0, text.size() / 3)), HasSubstr("results.file:"));
  EXPECT_THAT(error_of(R"({"results":[{"command":"a","mean":1,"times":[1],"exit_codes":[0,0]}]})"),
              HasSubstr("results[0]: `times` and `exit_codes` differ in length"));
  EXPECT_THAT(error_of(R"({"results":[{"command":"","mean":1}]})"), HasSubstr("results[0]: expected"));
}

}  // namespace
}  // namespace plimsoll::formats
