#include "plimsoll/probes/import/import_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "memory_recorder.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/probes/exec/exec_probe.h"
#include "plimsoll/probes/record_results.h"

namespace plimsoll::probes {
namespace {

using testing::HasSubstr;

const std::string junit =
    "<testsuite name='s'><testcase name='a' time='0.5'/><testcase name='b'><failure "
    "message='wrong'/></testcase>"
    "</testsuite>";

class ImportProbeTest : public testing::Test {
 protected:
  base::Result<Done> run(const base::Json& config) {
    Task task{.kind = "import", .name = "unit", .config_json = base::dump(config)};
    task.root = task.workdir = folder_->path();
    return import_file::make()->run(task, recorder_);
  }
  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(base::system_files().write_atomically(folder_->path() / name, text).has_value());
  }

  base::Result<base::TemporaryFolder> folder_ = base::TemporaryFolder::create("import_probe");
  MemoryRecorder recorder_;
};

TEST_F(ImportProbeTest, RecordsSeriesUnderItsNameAndFindings) {
  write("junit.xml", junit);
  const auto done = run({{"file", "junit.xml"}});
  ASSERT_TRUE(done.has_value()) << base::to_string(done.error());
  const auto failures = recorder_.observations_of("tests.failures{source=unit}");
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(std::get<double>(failures[0].value), 1);
  EXPECT_EQ(recorder_.observations_of("tests.duration{source=unit,suite=s,test=a}").size(), 1U);
  ASSERT_EQ(recorder_.findings.size(), 1U);
  EXPECT_EQ(recorder_.findings[0].rule, "tests.failed");
}

TEST_F(ImportProbeTest, AMissingForeignOrMisnamedFileIsAnError) {
  EXPECT_EQ(run({{"file", "nothing.xml"}}).error().code, base::ErrorCode::not_found);
  write("notes.txt", "hello");
  EXPECT_THAT(base::to_string(run({{"file", "notes.txt"}}).error()), HasSubstr("notes.txt:1:1"));
  write("junit.xml", junit);
  EXPECT_FALSE(run({{"file", "junit.xml"}, {"format", "hyperfine"}}).has_value());
}

TEST(ImportKind, IsNamedAfterItsFile) {
  EXPECT_EQ(import_file::kind().default_name({{"file", "build/junit.xml"}}), "junit");
}

TEST(ExecKind, OutputNeedsAFormat) {
  EXPECT_FALSE(exec::kind().check({{"run", {"x"}}, {"output", "y"}}, "/").has_value());
  EXPECT_TRUE(exec::kind().check({{"run", {"x"}}, {"output", "y"}, {"format", "junit"}}, "/").has_value());
  EXPECT_EQ(exec::kind().default_name({{"run", {"tools/probe.py"}}}), "probe.py");
}

TEST(RecordResults, ThousandsOfTestsAreNotThousandsOfSeries) {
  formats::Collector collector;
  for (int i = 0; i < 5000; ++i)
    collector.add_sample(
        formats::series_in_seconds("tests.duration", {{"suite", "s"}, {"test", std::to_string(i)}}), 0.1);
  MemoryRecorder recorder;
  ASSERT_TRUE(record_results(collector.take(), "unit", {}, recorder).has_value());
  ASSERT_EQ(recorder.data.size(), 1U);
  ASSERT_EQ(recorder.data[0].observations.size(), 5000U);
  EXPECT_EQ(recorder.data[0].observations[42].subject, "42");
}

TEST(RecordResults, FiguresWithoutSamplesAreKeptByTheirMedianElseTheirMean) {
  formats::ImportedSeries series;
  EXPECT_EQ(value_to_keep(series), std::nullopt);
  series.figures.mean = 2;
  EXPECT_EQ(value_to_keep(series), model::Value(2.0));
  series.figures.median = 1;
  EXPECT_EQ(value_to_keep(series), model::Value(1.0));
  series.samples = {3};
  EXPECT_EQ(value_to_keep(series), model::Value(3.0));
  series.samples = {3, 4};
  EXPECT_EQ(value_to_keep(series), model::Value(model::Samples{3, 4}));
}

}  // namespace
}  // namespace plimsoll::probes
