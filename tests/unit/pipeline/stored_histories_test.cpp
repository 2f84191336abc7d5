#include "plimsoll/pipeline/stored_histories.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "plimsoll/plan/rule_text.h"

namespace plimsoll::pipeline {
namespace {

struct Kept {
  std::string digest = "d1";
  std::string machine = "m1";
  std::string branch = "main";
  std::string kind = "bench";
  bool dirty = false;
  std::string id = "";  // else run100, run101 …
};

// A store of runs, one an hour, each with one benchmark's value.
class StoredHistoriesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto folder = base::TemporaryFolder::create("plimsoll_histories");
    ASSERT_TRUE(folder);
    folder_.emplace(std::move(*folder));
    auto store = evidence::open_store((folder_->path() / "e.db").string());
    ASSERT_TRUE(store) << to_string(store.error());
    store_ = std::move(*store);
  }

  void keep(std::vector<double> values, const Kept& how = {}, const std::string& name = "a") {
    model::Run run;
    run.id = how.id.empty() ? "run" + std::to_string(100 + runs_) : how.id;
    run.project = "p";
    run.commit = std::string(39, 'a') + std::to_string(runs_ % 10);
    run.branch = how.branch;
    run.dirty = how.dirty;
    run.comparability = how.machine;
    run.environment.cpu_model = how.machine;
    run.started = base::from_unix_seconds(1'700'000'000 + 3600.0 * runs_++);
    run.probes = {{.kind = how.kind, .name = "db", .config_digest = how.digest}};
    auto writer = store_->begin(run);
    ASSERT_TRUE(writer) << to_string(writer.error());
    const model::Series series{{"bench.time", {{"benchmark", name}}}, "seconds", model::Better::lower};
    const auto handle = (*writer)->declare(series, how.kind + "/db");
    ASSERT_TRUE(handle) << to_string(handle.error());
    std::vector<model::Observation> observations;
    for (const double value : values) observations.push_back({.series = *handle, .value = value});
    ASSERT_TRUE((*writer)->append(observations));
    run.state = model::RunState::complete;
    ASSERT_TRUE((*writer)->finish(run, "{}"));
  }

  std::vector<StoredHistory> read(HistoryChoice choice = {}) {
    choice.project = "p";
    choice.usual_branch = "main";
    auto histories = stored_histories(*store_, choice);
    EXPECT_TRUE(histories) << to_string(histories.error());
    return histories ? std::move(*histories) : std::vector<StoredHistory>();
  }

  std::optional<base::TemporaryFolder> folder_;
  std::unique_ptr<evidence::EvidenceStore> store_;
  int runs_ = 0;
};

TEST_F(StoredHistoriesTest, ARowIsARunOldestFirst) {
  for (const double value : {1.0, 2.0, 4.0}) keep({value, value, 100 * value});
  const auto histories = read();
  ASSERT_EQ(histories.size(), 1U);
  EXPECT_EQ(name_of(histories[0]), "bench.time{benchmark=a}");
  EXPECT_EQ(histories[0].values, (std::vector<double>{1, 2, 4}));  // medians
  EXPECT_EQ(histories[0].runs, (std::vector<std::string>{"run100", "run101", "run102"}));
  EXPECT_EQ(histories[0].commits[2].back(), '2');
  EXPECT_EQ(histories[0].times[1], 1'700'003'600);
  EXPECT_TRUE(histories[0].newest);
}

TEST_F(StoredHistoriesTest, AnotherMachineOrConfigurationBeginsAnother) {
  keep({1});
  keep({1});
  keep({9}, {.machine = "m2"});
  keep({3}, {.digest = "d2"});
  const auto histories = read();
  ASSERT_EQ(histories.size(), 3U);
  EXPECT_EQ(histories[0].values.size(), 2U);
  EXPECT_EQ(histories[1].machine.cpu_model, "m2");
  EXPECT_FALSE(histories[0].newest);
  EXPECT_FALSE(histories[1].newest);
  EXPECT_TRUE(histories[2].newest);
}

TEST_F(StoredHistoriesTest, TheNewestRunIsTheYoungestWhateverItsId) {
  keep({1}, {.machine = "m1", .id = "zebra"});
  keep({1}, {.machine = "m2", .id = "adder"});
  const auto histories = read();
  ASSERT_EQ(histories.size(), 2U);
  EXPECT_FALSE(histories[0].newest);
  EXPECT_EQ(histories[1].machine.cpu_model, "m2");
  EXPECT_TRUE(histories[1].newest);
}

model::Selector selector(const std::string& text) {
  return plan::parse_selector(text).value();
}

TEST_F(StoredHistoriesTest, RefusesSelectorsThatMakeOneNameOfDifferentSeries) {
  keep({1});
  keep({2}, {}, "b");
  HistoryChoice choice{.project = "p", .usual_branch = "main"};
  choice.selectors = {selector("bench.time{benchmark=a} by ()"), selector("bench.time{benchmark=b} by ()")};
  const auto refused = stored_histories(*store_, choice);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::invalid_argument);
  choice.selectors = {selector("bench.time{benchmark=a}"), selector("bench.time{benchmark=b}")};
  EXPECT_EQ(read(choice).size(), 2U);
  choice.selectors = {selector("bench.time"), selector("bench.**")};  // the same twice
  EXPECT_EQ(read(choice).size(), 2U);
}

TEST_F(StoredHistoriesTest, WhatAPlannedProbeDidNotReportIsMissing) {
  keep({1});
  keep({2}, {}, "b");
  const auto histories = read();
  ASSERT_EQ(histories.size(), 2U);
  EXPECT_TRUE(std::isnan(histories[0].values[1]));
  EXPECT_TRUE(std::isnan(histories[1].values[0]));
}

TEST_F(StoredHistoriesTest, WhatASingleCommandDidNotReportIsNoRow) {
  keep({1}, {.digest = ""});
  keep({2}, {.digest = ""}, "b");
  for (const StoredHistory& history : read()) EXPECT_EQ(history.values.size(), 1U);
}

TEST_F(StoredHistoriesTest, TakesTheBaseBranchAndTheNewestRun) {
  keep({1});
  keep({2}, {.branch = "feature"});
  keep({3}, {.dirty = true});
  keep({4}, {.kind = "noise"});
  keep({5}, {.branch = "feature"});
  ASSERT_EQ(read().size(), 1U);
  EXPECT_EQ(read()[0].values, (std::vector<double>{1, 5}));
  EXPECT_EQ(read({.branch = "feature"})[0].values, (std::vector<double>{2, 5}));
}

TEST_F(StoredHistoriesTest, OfNoRunIsAnError) {
  const auto histories = stored_histories(*store_, {.project = "p"});
  ASSERT_FALSE(histories);
  EXPECT_EQ(histories.error().code, base::ErrorCode::not_found);
}

}  // namespace
}  // namespace plimsoll::pipeline
