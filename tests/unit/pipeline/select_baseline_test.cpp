#include "plimsoll/pipeline/select_baseline.h"

#include <gtest/gtest.h>

namespace plimsoll::pipeline {
namespace {

const std::vector<std::string> kCommits = {"c3", "c2", "c1"};

model::Run run_at(int minute) {
  model::Run run;
  run.id = "20260101T0000" + std::string(minute < 10 ? "0" : "") + std::to_string(minute) + "-aa";
  run.project = "shop";
  run.commit = "c1";
  run.branch = "main";
  run.started = base::from_unix_seconds(1000.0 + 60 * minute);
  run.comparability = "machine";
  run.state = model::RunState::complete;
  run.verdict = model::Status::pass;
  run.probes = {{.kind = "load", .name = "list", .config_digest = "d1"}};
  return run;
}

bool eligible(const model::Run& candidate, const model::Run& run = run_at(50)) {
  return may_be_baseline(candidate, run, "load/list", "main", kCommits);
}

TEST(SelectBaseline, TakesCompleteRunsOfTheBaseBranch) {
  EXPECT_TRUE(eligible(run_at(1)));
}

TEST(SelectBaseline, RefusesWhatIsNotComparable) {
  const auto refused = [](auto change) {
    model::Run candidate = run_at(1);
    change(candidate);
    return !eligible(candidate);
  };
  EXPECT_TRUE(refused([](model::Run& r) { r.state = model::RunState::aborted; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.state = model::RunState::running; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.dirty = true; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.waived = true; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.verdict = model::Status::fail; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.project = "other"; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.comparability = "another machine"; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.branch = "feature"; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.commit = "not an ancestor"; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.commit = std::nullopt; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.probes[0].config_digest = "measured differently"; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.probes[0].reason = model::Reason::probe_crashed; }));
  EXPECT_TRUE(refused([](model::Run& r) { r.probes.clear(); }));
  EXPECT_TRUE(refused([](model::Run& r) { r.started = base::from_unix_seconds(1e9); }));
}

TEST(SelectBaseline, TakesTheTwentyNewestAndAnchorsOnTheOldest) {
  std::vector<model::Run> candidates;
  for (int minute = 49; minute >= 0; --minute) candidates.push_back(run_at(minute));
  const BaselineRuns runs = select_baseline(run_at(50), candidates, "load/list", "main", kCommits, {});
  ASSERT_EQ(runs.newest.size(), 20u);
  EXPECT_EQ(runs.newest.front(), run_at(49).id);
  ASSERT_EQ(runs.anchor.size(), 20u);
  EXPECT_EQ(runs.anchor.back(), run_at(0).id);
}

TEST(SelectBaseline, StartsAfterTheLastAcceptanceThatStillHolds) {
  std::vector<model::Run> candidates;
  for (int minute = 49; minute >= 0; --minute) candidates.push_back(run_at(minute));
  const evidence::Acceptance accepted{.project = "shop", .series = "load.latency", .run = run_at(40).id};
  evidence::Acceptance expired = accepted;
  expired.run = run_at(45).id;
  expired.until = base::from_unix_seconds(0);
  const BaselineRuns runs =
      select_baseline(run_at(50), candidates, "load/list", "main", kCommits, std::vector{accepted, expired});
  EXPECT_EQ(runs.newest.size(), 9u);
  EXPECT_TRUE(runs.anchor.empty());
}

}  // namespace
}  // namespace plimsoll::pipeline
