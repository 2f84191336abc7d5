#include "plimsoll/pipeline/calibration.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace plimsoll::pipeline {
namespace {

using model::Judgement;
using model::Reason;
using model::Status;
using testing::HasSubstr;

// A/A runs of three repeats each, of one benchmark, with this much noise from run to run.
model::SeriesData calibration(double cv, int runs, std::uint64_t seed = 1) {
  base::Random random(seed);
  model::SeriesData data{
      {{"bench.cpu_time", {{"benchmark", "a"}}}, "seconds", model::Better::lower}, "noise/db", {}};
  for (int run = 0; run < runs; ++run) {
    const double level = 0.002 * std::exp(cv * random.normal());
    for (const double repeat : {1.0, 1.01, 1.02})
      data.observations.push_back({.block = run, .value = level * repeat});
  }
  return data;
}

SeriesNoise noise(double cv) {
  const std::vector<model::SeriesData> data = {calibration(cv, 200)};
  return noise_of(data, {"**", {}, {}}, std::nullopt).at(0);
}

Judgement judged(Status status, Reason reason = Reason::none) {
  Judgement judgement{.rule = "r", .series = "bench.cpu_time{benchmark=a}"};
  judgement.status = status;
  judgement.reason = reason;
  judgement.explanation = "as judged";
  judgement.n_base = 6;
  return judgement;
}

Judgement refused(Judgement judgement, double fail, double cv, bool in_pairs = false) {
  refuse_if_too_fine(judgement, {.warn = fail / 2, .fail = fail}, noise(cv), in_pairs);
  return judgement;
}

TEST(Noise, IsThatOfTheRunsAndNotOfTheirRepeats) {
  EXPECT_NEAR(noise(0.03).robust_cv, 0.03, 0.006);
  EXPECT_NEAR(noise(0.03).spread, 0.03, 0.006);
  EXPECT_NEAR(noise(0.03).level, 0.00202, 0.0001);
  EXPECT_EQ(noise(0.03).values.size(), 200U);
}

TEST(Noise, IsOfTheStatisticThatIsJudged) {
  const std::vector<model::SeriesData> data = {calibration(0.03, 50)};
  const auto least = noise_of(data, {"**", {}, {}}, model::Stat{model::StatKind::min}).at(0);
  EXPECT_EQ(least.stat, "min");
  EXPECT_NEAR(least.level, 0.002, 0.0001);
}

TEST(Noise, OfTooFewRunsIsUnknown) {
  const std::vector<model::SeriesData> data = {calibration(0.03, 4)};
  EXPECT_TRUE(noise_of(data, {"**", {}, {}}, std::nullopt).empty());
}

TEST(Noise, OfOneHiccupDoesNotMoveTheRobustOne) {
  model::SeriesData data = calibration(0.01, 20);
  for (model::Observation& observation : data.observations)
    if (observation.block == 3) observation.value = 1.0;
  const SeriesNoise seen = noise_of(std::vector{data}, {"**", {}, {}}, std::nullopt).at(0);
  EXPECT_LT(seen.robust_cv, 0.02);
  EXPECT_GT(seen.spread, 0.5);
}

TEST(Noise, MorePairsAndMoreRunsSeeMore) {
  const SeriesNoise known = noise(0.03);
  EXPECT_LT(visible_in_pairs(known, 20, 0.8), visible_in_pairs(known, 5, 0.8));
  EXPECT_LT(visible_against_runs(known, 20, 0.8), visible_against_runs(known, 5, 0.8));
  EXPECT_LT(visible_against_runs(known, 20, 0.8), visible_against_runs(known, 20, 0.95));
}

TEST(Refusal, ABoundFinerThanTheMachineSeesIsInconclusiveWithTheFigures) {
  for (const Judgement& before :
       {judged(Status::pass), judged(Status::learning), judged(Status::inconclusive, Reason::undecided)}) {
    const Judgement after = refused(before, 0.02, 0.03);
    EXPECT_EQ(after.status, Status::inconclusive);
    EXPECT_EQ(after.reason, Reason::environment);
    EXPECT_THAT(after.explanation, HasSubstr("of noise on this machine"));
    EXPECT_THAT(after.explanation, HasSubstr("a fail bound of 2 % is tighter"));
  }
}

TEST(Refusal, ACoarseEnoughBoundStandsAsJudged) {
  EXPECT_EQ(refused(judged(Status::pass), 0.20, 0.03), judged(Status::pass));
  EXPECT_EQ(refused(judged(Status::learning), 0.20, 0.03), judged(Status::learning));
}

TEST(Refusal, AnAlarmStandsWhateverTheNoise) {
  EXPECT_EQ(refused(judged(Status::fail), 0.02, 0.03), judged(Status::fail));
  EXPECT_EQ(refused(judged(Status::warn), 0.02, 0.03), judged(Status::warn));
}

TEST(Refusal, WhatWasNotJudgedKeepsItsReason) {
  const Judgement crashed = judged(Status::inconclusive, Reason::probe_crashed);
  EXPECT_EQ(refused(crashed, 0.02, 0.03), crashed);
}

TEST(Refusal, PairsSeeMoreThanAHistoryOfTheSameNoise) {
  Judgement judgement = judged(Status::pass);
  judgement.n_base = 40;
  EXPECT_EQ(refused(judgement, 0.05, 0.03, true).status, Status::pass);
  EXPECT_EQ(refused(judgement, 0.05, 0.03, false).status, Status::inconclusive);
}

}  // namespace
}  // namespace plimsoll::pipeline
