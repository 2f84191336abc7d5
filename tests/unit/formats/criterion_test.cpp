// Written by Criterion.rs 0.5.1 about a benchmark that asks memory_api.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format_files.h"

namespace plimsoll::formats {
namespace {

using testing::HasSubstr;

const std::string folder = PLIMSOLL_SOURCE_DIR "/tests/unit/formats/data/criterion";

ImportedFile read_path(const std::string& path) {
  auto file = read_results_file(path);
  if (!file) ADD_FAILURE() << base::to_string(file.error());
  return file ? *std::move(file) : ImportedFile{};
}

TEST(Criterion, AFolderHoldsEveryBenchmarkUnderItsOwnName) {
  const ImportedFile file = read_path(folder);
  EXPECT_EQ(file.format, "criterion");
  EXPECT_EQ(file.series.size(), 2U);
  const ImportedSeries health = series_of(file, "bench.real_time{benchmark=health}");
  ASSERT_EQ(health.samples.size(), 10U);
  EXPECT_DOUBLE_EQ(health.samples[0], 4707425.0 / 37 * 1e-9);
  EXPECT_DOUBLE_EQ(health.figures.p95.value(), 62979090.0 / 370 * 1e-9);
  EXPECT_EQ(health.series.better, model::Better::lower);
  EXPECT_TRUE(has_series(file, "bench.real_time{benchmark=memory_api/paths/get//ready}"));
}

TEST(Criterion, AFileHasTheNameThatStandsBesideIt) {
  const ImportedFile samples = read_path(folder + "/memory_api_paths/get/_ready/new/sample.json");
  EXPECT_EQ(series_of(samples, "bench.real_time{benchmark=memory_api/paths/get//ready}").samples.size(), 10U);
  const ImportedSeries figures =
      series_of(read_path(folder + "/health/new/estimates.json"), "bench.real_time{benchmark=health}");
  EXPECT_TRUE(figures.samples.empty());
  EXPECT_DOUBLE_EQ(figures.figures.mean.value(), 126504.40025203773e-9);
  EXPECT_DOUBLE_EQ(figures.figures.median.value(), 117370.78415915917e-9);
  EXPECT_FALSE(figures.figures.count.has_value());
  EXPECT_FALSE(figures.figures.p95.has_value());
}

TEST(Criterion, WithoutItTheNameIsThePathBelowCriterion) {
  const auto file = read_results(R"({"sampling_mode":"Flat","iters":[2,2],"times":[10,30]})",
                                 "target/criterion/a group/b/new/sample.json");
  ASSERT_TRUE(file.has_value());
  const ImportedSeries b = series_of(*file, "bench.real_time{benchmark=a group/b}");
  EXPECT_DOUBLE_EQ(b.samples.at(1), 15e-9);
}

// As cargo-criterion's book describes its messages.
TEST(Criterion, MessagesAreALineEach) {
  const auto file = read_results(
      R"({"reason":"benchmark-complete","id":"norm","iteration_count":[10,20],"measured_values":[50.0,140.0],"unit":"ns"})"
      "\n"
      R"({"reason":"group-complete","group_name":"norm","benchmarks":["norm"]})"
      "\n",
      "messages.json");
  ASSERT_TRUE(file.has_value());
  EXPECT_DOUBLE_EQ(series_of(*file, "bench.real_time{benchmark=norm}").samples.at(1), 7e-9);
}

TEST(Criterion, BrokenFilesNameTheirPlace) {
  EXPECT_THAT(error_of(R"({"iters":[1,2],"times":[3]})"), HasSubstr("as many times as counts"));
  EXPECT_THAT(error_of(R"({"iters":[0],"times":[3]})"), HasSubstr("sample 0: expected a time"));
  EXPECT_THAT(error_of("{\"reason\":\"benchmark-complete\",\"measured_values\":[]}\n"),
              HasSubstr("results.file:1:1: expected `id`"));
  const auto other = read_results_file(PLIMSOLL_SOURCE_DIR "/docs");
  ASSERT_FALSE(other.has_value());
  EXPECT_THAT(base::to_string(other.error()), HasSubstr("a folder without results of Criterion"));
}

}  // namespace
}  // namespace plimsoll::formats
