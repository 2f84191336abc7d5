#include "plimsoll/pipeline/adjust_family.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plimsoll::pipeline {
namespace {

using model::Judgement;
using model::Status;

Judgement relative(Status alone, double p_fail, double p_warn, double high = 1.5) {
  Judgement judgement;
  judgement.status = alone;
  judgement.p_fail = p_fail;
  judgement.p_warn = p_warn;
  judgement.bound = 1.2;
  judgement.effect = model::Effect{.estimate = 1.3, .low = 1.21, .high = high};
  return judgement;
}

TEST(AdjustFamily, LeavesAbsoluteJudgementsAlone) {
  std::vector<Judgement> judgements(3);
  for (Judgement& judgement : judgements) judgement.status = Status::fail;
  const Family family = adjust_family(judgements);
  EXPECT_EQ(family.size, 0u);
  EXPECT_EQ(family.false_alarm_rate, 0);
  for (const Judgement& judgement : judgements) EXPECT_EQ(judgement.status, Status::fail);
}

TEST(AdjustFamily, KeepsAStrongFailInALargeFamily) {
  std::vector<Judgement> judgements(100, relative(Status::pass, 0.9, 0.9));
  judgements[7] = relative(Status::fail, 1e-6, 1e-9);
  const Family family = adjust_family(judgements);
  EXPECT_EQ(family.size, 100u);
  EXPECT_EQ(judgements[7].status, Status::fail);
}

TEST(AdjustFamily, LowersAWeakFailToAWarningAndSaysWhy) {
  std::vector<Judgement> judgements(100, relative(Status::pass, 0.9, 0.9));
  judgements[7] = relative(Status::fail, 0.01, 1e-5);
  adjust_family(judgements);
  EXPECT_EQ(judgements[7].status, Status::warn);
  EXPECT_NE(judgements[7].explanation.find("100 compared series"), std::string::npos);
}

TEST(AdjustFamily, WhatLosesBothIsUndecidedUnlessTheFailBoundIsExcluded) {
  std::vector<Judgement> judgements(100, relative(Status::pass, 0.9, 0.9));
  judgements[1] = relative(Status::warn, 0.2, 0.02, 1.5);
  judgements[2] = relative(Status::warn, 0.2, 0.02, 1.19);
  adjust_family(judgements);
  EXPECT_EQ(judgements[1].status, Status::inconclusive);
  EXPECT_EQ(judgements[1].reason, model::Reason::undecided);
  EXPECT_EQ(judgements[2].status, Status::pass);
}

TEST(AdjustFamily, KnowsThatAHigherIsBetterBoundLiesBelowOne) {
  std::vector<Judgement> judgements(100, relative(Status::pass, 0.9, 0.9));
  judgements[1] = relative(Status::warn, 0.2, 0.02);
  judgements[1].bound = 1 / 1.2;
  judgements[1].effect = model::Effect{.estimate = 0.88, .low = 0.85, .high = 0.905};
  adjust_family(judgements);
  EXPECT_EQ(judgements[1].status, Status::pass);
}

Judgement drifted(Status alone, double p, double estimate = 1.3) {
  Judgement judgement = relative(alone, p, p);
  judgement.family = model::ErrorFamily::drift;
  judgement.effect->estimate = estimate;
  return judgement;
}

TEST(AdjustFamily, DriftOverManySeriesLeavesComparisonsTheirPower) {
  std::vector<Judgement> judgements(100, drifted(Status::pass, 1));
  judgements.push_back(relative(Status::fail, 0.003, 0.003));
  judgements.push_back(relative(Status::pass, 0.9, 0.9));
  EXPECT_EQ(adjust_family(judgements).size, 102U);
  EXPECT_EQ(judgements[100].status, Status::fail);
}

TEST(AdjustFamily, ComparisonsShareTheErrorRateWithDriftOnlyWhereItIsJudged) {
  std::vector<Judgement> judgements = {relative(Status::fail, 0.009, 0.009)};
  adjust_family(judgements);
  EXPECT_EQ(judgements[0].status, Status::fail);
  judgements = {relative(Status::fail, 0.009, 0.009), drifted(Status::pass, 1)};
  adjust_family(judgements);
  EXPECT_EQ(judgements[0].status, Status::warn);
}

TEST(AdjustFamily, DriftHoldsAFifthOfTheErrorRate) {
  std::vector<Judgement> judgements = {drifted(Status::fail, 0.0019)};
  adjust_family(judgements);
  EXPECT_EQ(judgements[0].status, Status::fail);
  judgements = {drifted(Status::fail, 0.0021)};
  adjust_family(judgements);
  EXPECT_EQ(judgements[0].status, Status::warn);
  judgements = {drifted(Status::fail, 0.02)};
  adjust_family(judgements);
  EXPECT_EQ(judgements[0].status, Status::learning);
  judgements = {drifted(Status::warn, 0.02, 0.7)};
  adjust_family(judgements);
  EXPECT_EQ(judgements[0].status, Status::pass);
}

TEST(AdjustFamily, DriftWithoutADirectionStaysUnderWatchBothWays) {
  Judgement downwards = drifted(Status::fail, 0.02, 0.7);
  downwards.bound = 1 / 1.2;
  std::vector<Judgement> judgements = {downwards};
  adjust_family(judgements);
  EXPECT_EQ(judgements[0].status, Status::learning);
}

RC_GTEST_PROP(AdjustFamily, NeverMakesAJudgementWorse, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(1, 40);
  std::vector<Judgement> judgements;
  for (std::size_t i = 0; i < n; ++i) {
    const double p_warn = *rc::gen::inRange(0, 1000) / 1000.0;
    const double p_fail = p_warn + (1 - p_warn) * *rc::gen::inRange(0, 1000) / 1000.0;
    judgements.push_back(
        relative(*rc::gen::element(Status::pass, Status::warn, Status::fail), p_fail, p_warn));
  }
  const auto rank = [](Status status) { return status == Status::fail ? 3 : status == Status::warn ? 2 : 1; };
  const std::vector<Judgement> before = judgements;
  adjust_family(judgements);
  for (std::size_t i = 0; i < n; ++i) RC_ASSERT(rank(judgements[i].status) <= rank(before[i].status));
}

}  // namespace
}  // namespace plimsoll::pipeline
