// The whole path of a verdict, as a user walks it.
#include <gtest/gtest.h>

#include "project.h"

namespace plimsoll::testing {
namespace {

const std::string kTiming = R"(project: timing
probes:
  bench: [{name: quick, run: "true", repeats: 3, warmup: 0}]
rules:
  - bench.wall_time max < 5s
)";

TEST(Check, AnswersKeepsAndDrawsTheSameReportAgain) {
  Project project(kTiming);
  const Outcome check = project.run({"check", "--html", "a.html", "--json"});
  EXPECT_EQ(check.exit.code, 0) << check.error;
  const base::Json document = check.json();
  EXPECT_EQ(document.value("plimsoll", ""), "check");
  EXPECT_EQ(document.value("status", ""), "pass");
  EXPECT_EQ(document.at("judgements").size(), 1u);
  EXPECT_TRUE(document.at("run").at("commit").is_null());
  const Outcome report = project.run({"report", "latest", "--html", "b.html", "--json"});
  EXPECT_EQ(report.exit.code, 0) << report.error;
  EXPECT_EQ(report.output, check.output);
  EXPECT_EQ(project.read("a.html"), project.read("b.html"));
}

TEST(Check, AViolatedBoundFails) {
  Project project(R"(probes:
  bench: [{name: quick, run: "true", repeats: 3}]
rules: [bench.wall_time max < 1ns]
)");
  const Outcome check = project.run({"check"});
  EXPECT_EQ(check.exit.code, 1) << check.output << check.error;
  EXPECT_TRUE(check.output.starts_with("This release must not ship")) << check.output;
}

TEST(Check, WithoutRulesThereIsNoVerdict) {
  Project project("probes:\n  bench: [{run: \"true\"}]\n");
  EXPECT_EQ(project.run({"check"}).exit.code, 3);
}

TEST(Check, ABrokenPlanNamesItsPlaceFirst) {
  Project project("probes:\n  bench: [{rum: \"true\"}]\n");
  const Outcome check = project.run({"check"});
  EXPECT_EQ(check.exit.code, 2);
  EXPECT_TRUE(check.error.starts_with("plimsoll.yaml:2:12: ")) << check.error;
  EXPECT_NE(check.error.find("run"), std::string::npos) << check.error;
}

TEST(Check, ACommandThatFailsIsNotAMeasurement) {
  Project project(R"(probes:
  bench: [{name: broken, run: "sh -c 'echo no such table >&2; exit 7'"}]
rules: [bench.wall_time max < 5s]
)");
  const Outcome check = project.run({"check"});
  EXPECT_EQ(check.exit.code, 3);
  EXPECT_NE(check.output.find("exited with status 7"), std::string::npos) << check.output;
}

TEST(Check, LeftOutRulesMakeItPartial) {
  Project project(R"(probes:
  bench: [{name: one, run: "true"}, {name: two, run: "true"}]
rules: [bench.wall_time max < 5s]
)");
  const Outcome check = project.run({"check", "--only", "one", "--json"});
  EXPECT_EQ(check.exit.code, 0) << check.error;
  EXPECT_TRUE(check.json().at("partial").get<bool>());
}

TEST(Check, FiveRunsAreLearningAndTheSixthIsJudged) {
  Project project(R"(project: history
probes:
  bench: [{name: nap, run: "sleep 0.05", repeats: 3}]
rules: [bench.wall_time regression warn 100% fail 200%]
)");
  project.write(".gitignore", ".plimsoll/\n");
  project.commit_all();
  for (int run = 0; run < 5; ++run) {
    const Outcome check = project.run({"check", "--json"});
    EXPECT_EQ(check.exit.code, 0) << check.error;
    EXPECT_EQ(check.json().at("judgements").at(0).at("status"), "learning");
  }
  const Outcome sixth = project.run({"check", "--json"});
  const base::Json judgement = sixth.json().at("judgements").at(0);
  EXPECT_EQ(judgement.at("sample").at("n_base"), 5) << judgement;
  EXPECT_NE(judgement.at("status"), "learning");
  EXPECT_EQ(sixth.json().at("family_size"), 1);
}

TEST(Check, BaseIsMeasuredInTurnAndNeedsNoHistory) {
  Project project(R"(probes:
  bench: [{name: nap, run: "sh nap.sh", repeats: 1, warmup: 0}]
rules: [bench.wall_time regression warn 50% fail 100%]
)");
  project.write(".gitignore", ".plimsoll/\n");
  project.write("nap.sh", "sleep 0.05\n");
  project.commit_all();
  project.write("nap.sh", "sleep 0.5\n");
  const Outcome check = project.run({"check", "--base", "HEAD", "--json"});
  EXPECT_EQ(check.exit.code, 1) << check.output << check.error;
  EXPECT_GT(check.json().at("judgements").at(0).at("effect").at("estimate").get<double>(), 3);
}

TEST(Check, DryRunMeasuresNothing) {
  Project project(kTiming);
  const Outcome dry = project.run({"check", "--dry-run", "--json"});
  EXPECT_EQ(dry.exit.code, 0) << dry.error;
  EXPECT_EQ(dry.json().value("plimsoll", ""), "check.dry_run");
  EXPECT_FALSE(std::filesystem::exists(project.path() / ".plimsoll"));
}

TEST(Check, AStoreThatIsNoneIsRefusedAndLeftAlone) {
  Project project(kTiming);
  project.write("evidence.db", "this is not a database, but it has been here for years and must stay");
  const std::string before = project.read("evidence.db");
  const Outcome check = project.run({"check", "--store", "evidence.db"});
  EXPECT_EQ(check.exit.code, 3);
  EXPECT_NE(check.error.find("evidence.db"), std::string::npos) << check.error;
  EXPECT_EQ(project.read("evidence.db"), before);
}

TEST(Store, WhatIsPushedIsPulled) {
  Project project(kTiming);
  ASSERT_EQ(project.run({"check"}).exit.code, 0);
  ASSERT_EQ(project.run({"store", "push", "elsewhere/evidence.jsonl"}).exit.code, 0);
  const Outcome pull =
      project.run({"store", "pull", "elsewhere/evidence.jsonl", "--store", "fresh.db", "--json"});
  EXPECT_EQ(pull.exit.code, 0) << pull.error;
  EXPECT_EQ(pull.json().at("runs_added"), 1);
  EXPECT_EQ(project.run({"report", "--store", "fresh.db", "--json"}).output,
            project.run({"report", "--json"}).output);
}

TEST(Store, AGitRefKeepsThePast) {
  Project project(kTiming);
  project.write(".gitignore", ".plimsoll/\nfresh.db*\n");
  project.commit_all();
  ASSERT_EQ(project.run({"check"}).exit.code, 0);
  const Outcome push = project.run({"store", "push", "git:refs/plimsoll/evidence", "--json"});
  ASSERT_EQ(push.exit.code, 0) << push.error;
  ASSERT_EQ(project.run({"check"}).exit.code, 0);
  EXPECT_EQ(project.run({"store", "push", "git:refs/plimsoll/evidence", "--json"}).json().at("runs"), 2);
  const Outcome pull =
      project.run({"store", "pull", "git:refs/plimsoll/evidence", "--store", "fresh.db", "--json"});
  EXPECT_EQ(pull.json().at("runs_added"), 2) << pull.error;
}

TEST(Accept, AnAcceptedChangeIsRemembered) {
  Project project(kTiming);
  ASSERT_EQ(project.run({"check"}).exit.code, 0);
  const Outcome accept = project.run({"accept", "bench.wall_time", "--because", "a new clock", "--json"});
  EXPECT_EQ(accept.exit.code, 0) << accept.error;
  EXPECT_EQ(accept.json().value("series", ""), "bench.wall_time");
  EXPECT_EQ(project.run({"accept", "bench.wall_time{", "--because", "x"}).exit.code, 2);
}

}  // namespace
}  // namespace plimsoll::testing
