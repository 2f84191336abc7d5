#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/unit/evidence/store_fixture.h"

namespace plimsoll::evidence::testing {
namespace {

const auto kLater = day(0) + std::chrono::days(45);
const auto kMuchLater = day(0) + std::chrono::days(500);

Run on_day(int number, int start_day) {
  auto run = make_run(number);
  run.started = day(start_day);
  return run;
}

std::string citing(const std::string& run) {
  return R"({"verdict":{"judgements":[{"evidence":[")" + run + R"("]}]}})";
}

class RetentionTest : public StoreTest {
 protected:
  std::size_t slices(const model::Run& run) {
    const auto series = must(store_->read(run.id, kEverything));
    return series.empty() ? 0 : series.front().observations.size();
  }
  std::size_t merged(const model::Run& run) {
    return must(store_->history(kEverything, std::vector{run.id})).size();
  }

  std::unique_ptr<EvidenceStore> store_ = open();
};

TEST_F(RetentionTest, LetsOldSlicesGoAndKeepsTheirMergedValue) {
  add_run(*store_, on_day(1, 0), make_series("a"), {3, 1, 2});
  add_run(*store_, on_day(2, 40), make_series("a"), {5, 6});
  const auto report = must(store_->prune({}, kLater));
  EXPECT_EQ(report.runs, 1u);
  EXPECT_EQ(report.observations, 3u);
  const auto old = must(store_->read(make_run(1).id, kEverything));
  ASSERT_EQ(old.at(0).observations.size(), 1u);
  const auto& merged_value = old[0].observations[0];
  EXPECT_EQ(std::get<model::Samples>(merged_value.value), (model::Samples{3, 1, 2}));
  EXPECT_EQ(merged_value.slice_start, 1e9);
  EXPECT_EQ(merged_value.slice_seconds, 3);
  EXPECT_EQ(merged(make_run(1)), 1u);
  EXPECT_EQ(slices(make_run(2)), 2u);
  EXPECT_EQ(must(store_->snapshot(make_run(1).id)), "{}");
  EXPECT_EQ(must(store_->prune({}, kLater)).runs, 0u);
}

TEST_F(RetentionTest, LetsOldMergedValuesGoAndKeepsTheRun) {
  add_run(*store_, on_day(1, 0), make_series("a"), {3, 1, 2});
  must(store_->prune({}, kMuchLater));
  EXPECT_EQ(slices(make_run(1)), 0u);
  EXPECT_EQ(merged(make_run(1)), 0u);
  EXPECT_EQ(must(store_->run("latest")).id, make_run(1).id);
  EXPECT_EQ(must(store_->snapshot("latest")), "{}");
}

TEST_F(RetentionTest, PinsWhatAYoungRunsJudgementCites) {
  add_run(*store_, on_day(1, 0), make_series("a"), {3, 1, 2});
  add_run(*store_, on_day(2, 1), make_series("a"), {3, 1, 2}, citing(make_run(1).id));
  add_run(*store_, on_day(3, 40), make_series("a"), {3, 1, 2}, citing(make_run(2).id));
  must(store_->prune({}, kLater));
  EXPECT_EQ(slices(make_run(1)), 1u);  // cited by a run that is old itself
  EXPECT_EQ(slices(make_run(2)), 3u);
  EXPECT_EQ(slices(make_run(3)), 3u);
  must(store_->prune({}, kMuchLater));
  EXPECT_EQ(merged(make_run(2)), 0u);
}

TEST_F(RetentionTest, DoesNotLetARunPinItself) {
  add_run(*store_, on_day(1, 0), make_series("a"), {3, 1, 2}, citing(make_run(1).id));
  must(store_->prune({}, kLater));
  EXPECT_EQ(slices(make_run(1)), 1u);
}

TEST_F(RetentionTest, PinsTheRunOfAnAcceptedChangeWhileItHolds) {
  add_run(*store_, on_day(1, 0), make_series("a"), {3, 1, 2});
  must(store_->accept(
      {.project = "demo", .series = "a", .run = make_run(1).id, .at = day(0), .until = day(450)}));
  must(store_->prune({}, day(440)));
  EXPECT_EQ(slices(make_run(1)), 3u);
  must(store_->prune({}, kMuchLater));
  EXPECT_EQ(merged(make_run(1)), 0u);
}

TEST_F(RetentionTest, MergesAnAbandonedRunBeforeItsSlicesGo) {
  {
    auto writer = must(store_->begin(on_day(1, 0)));
    const auto handle = must(writer->declare(make_series("a"), "p"));
    must(writer->append(std::vector{at(1, handle, 1.0), at(2, handle, 2.0)}));
  }
  must(store_->prune({}, kLater));
  EXPECT_EQ(slices(make_run(1)), 1u);
  EXPECT_EQ(
      std::get<model::Samples>(must(store_->history(kEverything, std::vector{make_run(1).id})).at(0).value),
      (model::Samples{1, 2}));
}

TEST_F(RetentionTest, GivesTheSpaceBack) {
  base::Random random(1);
  for (int number = 1; number <= 4; ++number) {
    model::Samples noise(20'000);
    for (double& value : noise) value = random.uniform();
    auto writer = must(store_->begin(on_day(number, 0)));
    const auto handle = must(writer->declare({{"a", {}}, "seconds", Better::lower}, "p"));
    std::vector<Observation> batch;
    base::Histogram histogram;
    for (const double value : noise) histogram.record(value);
    for (int i = 0; i < 200; ++i) batch.push_back(at(i, handle, histogram));
    must(writer->append(batch));
    must(writer->finish(completed(on_day(number, 0)), "{}"));
  }
  const auto report = must(store_->prune({}, kLater));
  EXPECT_EQ(report.observations, 800u);
  EXPECT_GT(report.bytes, 100'000u);
  store_.reset();
  EXPECT_LT(std::filesystem::file_size(path()), 200'000u);
}

TEST_F(RetentionTest, RefusesNegativeDays) {
  EXPECT_FALSE(store_->prune({.raw_days = -1}, kLater));
}

}  // namespace
}  // namespace plimsoll::evidence::testing
