// `plimsoll import`, and the probes that read results, as a user runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/check/project.h"

namespace plimsoll::testing {
namespace {

using ::testing::HasSubstr;

std::string data(const std::string& name) {
  return PLIMSOLL_SOURCE_DIR "/tests/unit/formats/data/" + name;
}

const std::string times = "phase,latency\nwarm,900\nsteady,10\nsteady,12\n";

TEST(Import, TakesAMappingOnTheCommandLineAndFromAFile) {
  Project project("probes: {bench: [\"true\"]}\n");
  project.write("times.csv", times);
  project.write("mapping.yaml", "csv:\n  value: latency\n  unit: us\n  where: {phase: steady}\n");
  for (const char* format : {"{csv: {value: latency, unit: us, where: {phase: steady}}}", "@mapping.yaml"}) {
    const Outcome import = project.run({"import", "times.csv", "--format", format, "--json"});
    ASSERT_EQ(import.exit.code, 0) << import.error;
    const base::Json file = import.json().at("files").at(0);
    EXPECT_EQ(file.value("format", ""), "mapping");
    EXPECT_EQ(file.at("series").at(0).value("count", 0), 2);
    EXPECT_DOUBLE_EQ(file.at("series").at(0).value("p95", 0.0), 12e-6);
  }
}

TEST(Import, AMistakeInAMappingIsAMistakeOfUsage) {
  Project project("probes: {bench: [\"true\"]}\n");
  project.write("times.csv", times);
  project.write("mapping.yaml", "csv:\n  valu: latency\n");
  const Outcome own = project.run({"import", "times.csv", "--format", "@mapping.yaml"});
  EXPECT_EQ(own.exit.code, 2);
  EXPECT_THAT(own.error, HasSubstr("mapping.yaml:2:3: format: unknown key \"valu\" (did you mean value?)"));
  const Outcome column = project.run({"import", "times.csv", "--format", "{csv: {value: latenzy}}"});
  EXPECT_EQ(column.exit.code, 3);
  EXPECT_THAT(column.error, HasSubstr("times.csv:1:1: there is no column \"latenzy\""));
}

TEST(Import, TheCountOfARequestStandsInSeconds) {
  Project project("probes: {bench: [\"true\"]}\n");
  const Outcome import =
      project.run({"import", data("locust_stats.csv"), data("vegeta_results.csv"), "--json"});
  ASSERT_EQ(import.exit.code, 0) << import.error;
  const base::Json locust = import.json().at("files").at(0).at("series").at(0);
  EXPECT_EQ(locust.at("labels").value("request", ""), "/health");
  EXPECT_EQ(locust.value("unit", ""), "seconds");
  EXPECT_EQ(locust.value("count", 0), 76);
}

TEST(Import, FilesThatAreCutOrUnknownNameTheirPlace) {
  Project project("probes: {bench: [\"true\"]}\n");
  const std::string text = Project::must(base::read_file(data("vegeta_results.csv")));
  project.write("cut.csv", text.substr(0, text.size() / 2));
  const Outcome cut = project.run({"import", "cut.csv"});
  EXPECT_EQ(cut.exit.code, 3);
  EXPECT_THAT(cut.error, HasSubstr("cut.csv:"));
  project.write("other.txt", "hello\n");
  const Outcome other = project.run({"import", "other.txt"});
  EXPECT_TRUE(other.exit.code == 2 || other.exit.code == 3) << other.exit.code;
  EXPECT_THAT(other.error, HasSubstr("other.txt:1:1: no known format"));
}

const std::string judged = R"(probes:
  import:
    - {name: attack, file: vegeta.csv}
    - {name: report, file: vegeta.json}
    - name: own
      file: times.csv
      format: {csv: {name: load.latency, value: latency, unit: us, where: {phase: steady}}}
rules:
  - load.latency{source=own} max < 20us
  - load.latency{source=attack} max < 10s
  - load.latency_p95{source=report} < 10s
  - load.errors{source=report} = 50%
)";

TEST(Import, WhatAPlanImportsIsJudged) {
  Project project(judged);
  project.write("vegeta.csv", Project::must(base::read_file(data("vegeta_results.csv"))));
  project.write("vegeta.json", Project::must(base::read_file(data("vegeta_report.json"))));
  project.write("times.csv", times);
  const Outcome check = project.run({"check", "--json"});
  EXPECT_EQ(check.exit.code, 0) << check.output << check.error;
}

TEST(Import, AMistakeInThePlansMappingHasLineAndColumn) {
  Project project(
      "probes:\n  import:\n    - file: a.csv\n      format:\n        csv: {value: a, unitt: ms}\n");
  const Outcome check = project.run({"check", "--dry-run"});
  EXPECT_EQ(check.exit.code, 2);
  EXPECT_THAT(check.error,
              HasSubstr("plimsoll.yaml:5:25: format: unknown key \"unitt\" (did you mean unit?)"));
}

TEST(Import, AnExecProbeIsReadByAMappingToo) {
  Project project(R"(probes:
  exec: [{run: [sh, -c, "echo '{\"took\":0.5}'"], name: own, format: {json: {value: /took, unit: s}}}]
rules:
  - bench.value{source=own} < 1s
)");
  const Outcome check = project.run({"check", "--json"});
  EXPECT_EQ(check.exit.code, 0) << check.output << check.error;
}

}  // namespace
}  // namespace plimsoll::testing
