#include "plimsoll/probes/bench/bench_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "memory_recorder.h"

namespace plimsoll::probes::bench {
namespace {

using testing::HasSubstr;

// One temporary folder, in which the probe's command is a shell script's text.
class BenchProbeTest : public testing::Test {
 protected:
  base::Result<Done> run_script(const std::string& script, base::Json more = base::Json::object()) {
    more["run"] = {"/bin/sh", "-c", script, "sh"};
    Task task{.kind = "bench", .name = "script", .config_json = base::dump(more)};
    task.root = task.workdir = folder_->path();
    return make()->run(task, recorder_);
  }

  std::string read(const std::string& name) const {
    const auto text = base::read_file(folder_->path() / name);
    return text ? *text : "no such file";
  }

  base::Result<base::TemporaryFolder> folder_ = base::TemporaryFolder::create("bench_probe");
  MemoryRecorder recorder_;
};

constexpr auto google_json =
    R"({"context":{},"benchmarks":[{"name":"a/1","run_type":"iteration","real_time":8,"cpu_time":4,"time_unit":"us"}]})";

TEST_F(BenchProbeTest, TimesACommandThatPrintsNoResults) {
  const auto done = run_script("echo x >> ran; echo hello", {{"repeats", 3}, {"warmup", 2}});
  ASSERT_TRUE(done.has_value()) << base::to_string(done.error());
  EXPECT_EQ(read("ran"), "x\nx\nx\nx\nx\n");
  const auto wall = recorder_.observations_of("bench.wall_time{benchmark=script}");
  ASSERT_EQ(wall.size(), 3U);
  EXPECT_GT(std::get<double>(wall[0].value), 0);
  EXPECT_FALSE(wall[0].block.has_value());
  EXPECT_GT(wall[0].slice_start, 1e9);
  EXPECT_EQ(recorder_.observations_of("bench.cpu_time{benchmark=script}").size(), 3U);
  const auto memory = recorder_.observations_of("bench.peak_memory{benchmark=script}");
  ASSERT_EQ(memory.size(), 3U);
  EXPECT_GT(std::get<double>(memory[0].value), 100'000);
}

TEST_F(BenchProbeTest, KnowsResultsByTheirContent) {
  const std::string script = std::string("echo noise >&2; echo '") + google_json + "'";
  ASSERT_TRUE(run_script(script, {{"repeats", 4}}).has_value());
  const auto times = recorder_.observations_of("bench.real_time{benchmark=a/1}");
  ASSERT_EQ(times.size(), 4U);
  EXPECT_DOUBLE_EQ(std::get<double>(times[0].value), 8e-6);
  EXPECT_TRUE(recorder_.observations_of("bench.wall_time{benchmark=script}").empty());
}

TEST_F(BenchProbeTest, AsksGoogleBenchmarkForJsonInAFileOfItsOwn) {
  const std::string script =
      std::string("echo the program prints what it likes; for a; do case $a in --benchmark_out=*) echo '") +
      google_json + "' > ${a#--benchmark_out=};; esac; done";
  const auto done = run_script(script, {{"format", "google-benchmark"}, {"repeats", 2}});
  ASSERT_TRUE(done.has_value()) << base::to_string(done.error());
  EXPECT_EQ(recorder_.observations_of("bench.cpu_time{benchmark=a/1}").size(), 2U);
}

TEST_F(BenchProbeTest, ReadsTheFileThatTheCommandWrites) {
  const std::string script = std::string("echo '") + google_json + "' > out.json";
  ASSERT_TRUE(run_script(script, {{"output", "out.json"}, {"repeats", 2}}).has_value());
  EXPECT_EQ(recorder_.observations_of("bench.real_time{benchmark=a/1}").size(), 2U);
}

TEST_F(BenchProbeTest, ReadsResultsOfItsOwnShapeByAMapping) {
  const std::string format =
      R"({"json":{"rows":"/results","series":[{"name":"bench.real_time","value":"/ms",)"
      R"("unit":"ms","labels":{"benchmark":"/case"}}]}})";
  const auto done =
      run_script(R"(echo '{"results":[{"case":"sort","ms":3}]}')", {{"format", format}, {"repeats", 2}});
  ASSERT_TRUE(done.has_value()) << base::to_string(done.error());
  const auto times = recorder_.observations_of("bench.real_time{benchmark=sort}");
  ASSERT_EQ(times.size(), 2U);
  EXPECT_DOUBLE_EQ(std::get<double>(times[0].value), 0.003);
}

TEST_F(BenchProbeTest, AResultFileOfAnEarlierRunIsNotMistaken) {
  ASSERT_TRUE(base::system_files().write_atomically(folder_->path() / "out.json", google_json).has_value());
  const auto done = run_script("true", {{"output", "out.json"}});
  ASSERT_FALSE(done.has_value());
  EXPECT_THAT(done.error().message, HasSubstr("did not write out.json"));
}

TEST_F(BenchProbeTest, ACommandThatFailsIsAnErrorWithItsLastWords) {
  const auto done = run_script("echo first; echo 'no such table' >&2; exit 7");
  ASSERT_FALSE(done.has_value());
  EXPECT_THAT(done.error().message, HasSubstr("exited with status 7: no such table"));
  EXPECT_TRUE(recorder_.data.empty());
}

TEST_F(BenchProbeTest, OutputThatIsNotOfItsFormatIsAnError) {
  const auto done = run_script("echo hello", {{"format", "google-benchmark"}});
  ASSERT_FALSE(done.has_value());
  EXPECT_THAT(base::to_string(done.error()), HasSubstr("output of script"));
}

TEST_F(BenchProbeTest, ResultsWithoutASuccessfulRunAreAnError) {
  const auto done = run_script(
      R"(echo '{"context":{},"benchmarks":[{"name":"a","error_occurred":true,"error_message":"boom"}]}')");
  ASSERT_FALSE(done.has_value());
  EXPECT_THAT(done.error().message, HasSubstr("no successful run: a failed: boom"));
}

TEST_F(BenchProbeTest, RunsInItsFolderAndKnowsTheRun) {
  std::filesystem::create_directory(folder_->path() / "sub");
  const auto done =
      run_script("echo \"$PLIMSOLL_ROOT\" > here", {{"folder", "sub"}, {"repeats", 1}, {"warmup", 0}});
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(read("sub/here"), folder_->path().string() + "\n");
}

TEST(BenchKind, RefusesCountsOutOfRange) {
  EXPECT_FALSE(kind().check({{"run", {"x"}}, {"repeats", 0}}, "/").has_value());
  EXPECT_FALSE(kind().check({{"run", {"x"}}, {"repeats", 20'000}}, "/").has_value());
  EXPECT_TRUE(kind().check({{"run", {"x"}}, {"repeats", 1}, {"warmup", 0}}, "/").has_value());
}

TEST(BenchKind, IsNamedAfterItsProgram) {
  EXPECT_EQ(kind().default_name({{"run", {"build/bin/api_latency", "--fast"}}}), "api_latency");
}

}  // namespace
}  // namespace plimsoll::probes::bench
