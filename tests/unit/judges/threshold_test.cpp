#include "plimsoll/judges/threshold.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/random.h"
#include "questions.h"

namespace plimsoll::judges {
namespace {

using namespace testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Thirty slices of a hundred requests, `slow` of each beyond 300 ms.
Question latency(const std::string& rule, std::uint64_t slow, double high = 0.3) {
  Question question = ask(rule, "seconds");
  for (int i = 0; i < 30; ++i) question.head.push_back(slice(i, 100 - slow, 0.1, slow, high, {0.2}));
  return question;
}

TEST(Threshold, APercentileAsksHowManyValuesLieBeyondItsBound) {
  EXPECT_EQ(only(latency("load.latency p95 < 200ms", 1)).status, Status::pass);
  EXPECT_EQ(only(latency("load.latency p95 < 200ms", 20)).status, Status::fail);
  const Judgement astride = only(latency("load.latency p95 < 200ms", 5));
  EXPECT_EQ(astride.status, Status::inconclusive);
  EXPECT_EQ(astride.reason, Reason::undecided);
  EXPECT_EQ(astride.n, 3000u);
}

TEST(Threshold, FailedRequestsLieBeyondEveryBound) {
  EXPECT_EQ(only(latency("load.latency p95 < 200ms", 20, kInfinity)).status, Status::fail);
  const Judgement judgement = only(latency("load.latency p95 < 10s", 20, kInfinity));
  EXPECT_EQ(judgement.status, Status::fail);
  EXPECT_FALSE(judgement.value.has_value());
}

TEST(Threshold, TheShownIntervalHoldsTheValueAndInvertsTheTest) {
  for (const std::uint64_t slow : {1u, 4u, 5u, 6u, 20u}) {
    const Judgement judgement = only(latency("load.latency p95 < 200ms", slow));
    ASSERT_TRUE(judgement.effect && judgement.value);
    EXPECT_LE(*judgement.effect->low, *judgement.value);
    EXPECT_GE(*judgement.effect->high, *judgement.value);
    const bool astride = *judgement.effect->low <= 0.2 && *judgement.effect->high >= 0.2;
    EXPECT_EQ(judgement.status == Status::inconclusive, astride) << slow;
  }
}

TEST(Threshold, CountsExactlyAtTheBoundOfThePlan) {
  Question question = ask("load.latency p50 < 200ms", "seconds");
  for (int i = 0; i < 30; ++i) question.head.push_back(slice(i, 60, 0.2, 40, 0.2001, {0.2}));
  EXPECT_EQ(only(question).status,
            Status::pass);  // 60 % are at most 200 ms; the rest share a bucket with them
}

TEST(Threshold, SlicesThatDifferSayLessThanTheirCount) {
  Question even = ask("load.errors < 5%", "ratio");
  Question bursty = even;
  for (int i = 0; i < 30; ++i) {
    even.head.push_back(share(i, 3, 100));
    bursty.head.push_back(share(i, i % 10 == 0 ? 30 : 0, 100));
  }
  EXPECT_EQ(only(even).status, Status::pass);
  EXPECT_EQ(only(bursty).status, Status::inconclusive);
  EXPECT_GT(*only(bursty).effect->high, *only(even).effect->high);
}

TEST(Threshold, CleanRequestsMustBeEnough) {
  Question few = ask("load.errors < 0.1%", "ratio");
  few.head = {share(0, 0, 1000)};
  EXPECT_EQ(only(few).reason, Reason::undecided);
  Question many = few;
  many.head = {share(0, 0, 3700)};
  EXPECT_EQ(only(many).status, Status::pass);
}

TEST(Threshold, AMeanIsJudgedOverItsSubjects) {
  Question question = ask("eval.mrr > 0.75", "ratio", model::Better::higher);
  for (int i = 0; i < 400; ++i) {
    question.head.push_back({.subject = "q" + std::to_string(i), .value = i % 10 == 0 ? 0.0 : 1.0});
  }
  const Judgement good = only(question);
  EXPECT_EQ(good.status, Status::pass);
  EXPECT_EQ(good.n, 400u);
  EXPECT_NEAR(*good.effect->low, 0.87, 0.01);
  question.rule = plan::parse_rule("eval.mrr > 0.9").value();
  EXPECT_EQ(only(question).status, Status::inconclusive);
  question.rule = plan::parse_rule("eval.mrr > 0.95").value();
  EXPECT_EQ(only(question).status, Status::fail);
}

TEST(Threshold, AMeanOfSharesIsAShare) {
  Question question = ask("eval.mrr > 0.5", "ratio", model::Better::higher);
  for (int i = 0; i < 6; ++i) question.head.push_back({.value = i == 0 ? 0.2 : 1.0});
  const Judgement judgement = only(question);
  EXPECT_EQ(*judgement.effect->high, 1);
  EXPECT_LT(*judgement.effect->low, 0.87);
  Question speedup = ask("bench.speedup > 0.5", "ratio", model::Better::higher);
  for (int i = 0; i < 6; ++i) speedup.head.push_back({.value = i == 0 ? 0.2 : 1.5});
  EXPECT_GT(*only(speedup).effect->high, 1.5);
}

TEST(Threshold, SharesReadInPerCentAndOtherRatiosAsNumbers) {
  Question errors = ask("load.errors < 0.1%", "ratio");
  errors.head = {share(0, 0, 10'000)};
  EXPECT_EQ(only(errors).unit, "share");
  Question rank = ask("eval.mrr > 0.75", "ratio", model::Better::higher);
  rank.head = {{.value = model::Samples{0.8, 0.9, 0.8}}};
  EXPECT_EQ(only(rank).unit, "ratio");
  EXPECT_TRUE(only(rank).explanation.contains("0.833"));
  rank.rule = plan::parse_rule("eval.mrr > 75%").value();
  EXPECT_EQ(only(rank).unit, "share");
  EXPECT_TRUE(only(rank).explanation.contains("83.3 %"));
}

TEST(Threshold, OneScalarIsExact) {
  Question question = ask("eval.leaks = 0", "count");
  question.head = {{.value = 0.0}};
  EXPECT_EQ(only(question).status, Status::pass);
  question.head = {{.value = 1.0}};
  EXPECT_EQ(only(question).status, Status::fail);
}

TEST(Threshold, AWarningRuleOnlyWarns) {
  Question question = latency("load.latency p95 < 200ms", 20);
  question.rule.level = model::Level::warn;
  EXPECT_EQ(only(question).status, Status::warn);
}

TEST(Threshold, WhatIsNoNumberIsNeverPass) {
  Question question = ask("x.y < 5", "count");
  question.head = {{.value = std::nan("")}};
  EXPECT_EQ(only(question).reason, Reason::not_finite);
  question.head.clear();
  EXPECT_EQ(only(question).reason, Reason::missing);
}

TEST(Threshold, ABlockedQuestionKeepsItsReason) {
  Question question = latency("load.latency p95 < 200ms", 1);
  question.blocked = Reason::saturated;
  question.blocked_detail = "the generator fell behind";
  const Judgement judgement = only(question);
  EXPECT_EQ(judgement.status, Status::inconclusive);
  EXPECT_EQ(judgement.reason, Reason::saturated);
  EXPECT_NE(judgement.explanation.find("fell behind"), std::string::npos);
}

TEST(Threshold, TheDigestIsOfTheInputs) {
  const Judgement a = only(latency("load.latency p95 < 200ms", 1));
  EXPECT_EQ(a.inputs_digest, only(latency("load.latency p95 < 200ms", 1)).inputs_digest);
  EXPECT_NE(a.inputs_digest, only(latency("load.latency p95 < 200ms", 2)).inputs_digest);
}

// At the bound itself each wrong answer may come at most in 2.5 % of the runs; bursts must not change that.
TEST(Threshold, HoldsItsLevelAtTheBound) {
  base::Random random(11);
  for (const bool bursty : {false, true}) {
    int wrong_pass = 0;
    int wrong_fail = 0;
    constexpr int trials = 2'000;
    for (int trial = 0; trial < trials; ++trial) {
      Question question = ask("load.errors < 5%", "ratio");
      for (int i = 0; i < 30; ++i) {
        const double p = bursty ? 0.05 * random.exponential() : 0.05;
        std::uint64_t k = 0;
        for (int j = 0; j < 100; ++j) k += random.uniform() < p;
        question.head.push_back(share(i, k, 100));
      }
      const Status status = only(question).status;
      wrong_pass += status == Status::pass;
      wrong_fail += status == Status::fail;
    }
    // The design effect is estimated from thirty slices, and a skewed burst makes a quiet run look quieter:
    // twice the level is what that costs.
    const double level = bursty ? 0.05 : 0.025;
    EXPECT_LE(wrong_fail, trials * (level + 0.01)) << bursty;
    EXPECT_LE(wrong_pass, trials * (2 * level + 0.01)) << bursty;
  }
}

}  // namespace
}  // namespace plimsoll::judges
