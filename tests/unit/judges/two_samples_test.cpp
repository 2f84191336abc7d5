#include "plimsoll/judges/two_samples.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace plimsoll::judges {
namespace {

using model::Better;
using model::Reason;
using model::Samples;
using model::Status;
using testing::HasSubstr;

Question ask(const Samples& base, const Samples& head, Better better = Better::lower) {
  Question question;
  question.series = {{"bench.real_time", {{"benchmark", "a"}}}, "seconds", better};
  question.rule.check = model::Regression{};
  if (!base.empty()) question.base = {{.base_side = true, .value = base}};
  if (!head.empty()) question.head = {{.value = head}};
  return question;
}

// Log-normal about `level`, coefficient of variation about `cv`.
Samples draw(base::Random& random, std::size_t n, double level, double cv) {
  Samples samples(n);
  for (double& sample : samples) sample = level * std::exp(cv * random.normal());
  return samples;
}

struct Tally {
  int pass = 0, warn = 0, fail = 0, inconclusive = 0, covered = 0;
};

Tally tally(double ratio, std::size_t n, double cv, int pairs) {
  base::Random random(7);
  Tally tally;
  for (int i = 0; i < pairs; ++i) {
    const Samples base = draw(random, n, 1, cv);
    const auto judgement = judge_two_samples(ask(base, draw(random, n, ratio, cv)));
    tally.pass += judgement.status == Status::pass;
    tally.warn += judgement.status == Status::warn;
    tally.fail += judgement.status == Status::fail;
    tally.inconclusive += judgement.status == Status::inconclusive;
    tally.covered += judgement.effect->low <= ratio && ratio <= judgement.effect->high;
  }
  return tally;
}

TEST(TwoSamples, UnchangedCodeRaisesNoAlarm) {
  for (const std::size_t n : {5, 20, 40}) {
    const Tally null = tally(1.0, n, 0.05, 150);
    EXPECT_EQ(null.fail, 0) << n;
    EXPECT_LE(null.warn, 1) << n;
    EXPECT_GE(null.covered, 135) << n;  // 95 % nominal; 90 % is three standard errors below
  }
}

TEST(TwoSamples, ThirtyPercentFailsAndFifteenWarns) {
  const Tally thirty = tally(1.30, 20, 0.05, 100);
  EXPECT_GE(thirty.fail, 95);
  EXPECT_GE(thirty.covered, 90);
  EXPECT_GE(tally(1.15, 40, 0.05, 100).warn, 85);
}

TEST(TwoSamples, OutliersDoNotMoveIt) {
  base::Random random(11);
  Samples base = draw(random, 30, 1, 0.02);
  Samples head = draw(random, 30, 1, 0.02);
  head[3] *= 50;
  head[17] *= 20;
  EXPECT_EQ(judge_two_samples(ask(base, head)).status, Status::pass);
}

TEST(TwoSamples, TheEffectIsHeadOverBaseWhicheverWayIsBetter) {
  base::Random random(3);
  const Samples slow = draw(random, 20, 1.3, 0.02);
  const Samples fast = draw(random, 20, 1.0, 0.02);
  const auto slower = judge_two_samples(ask(fast, slow));
  EXPECT_EQ(slower.status, Status::fail);
  EXPECT_NEAR(*slower.effect->estimate, 1.3, 0.03);
  EXPECT_GT(*slower.bound, 1);
  EXPECT_THAT(slower.explanation, HasSubstr("worse than"));
  const auto fewer = judge_two_samples(ask(slow, fast, Better::higher));
  EXPECT_EQ(fewer.status, Status::fail);
  EXPECT_NEAR(*fewer.effect->estimate, 1 / 1.3, 0.03);
  EXPECT_LT(*fewer.effect->low, *fewer.effect->high);
  EXPECT_LT(*fewer.bound, 1);
  EXPECT_EQ(judge_two_samples(ask(slow, fast)).status, Status::pass);
}

TEST(TwoSamples, NoiseThatHidesTheBoundIsInconclusive) {
  base::Random random(5);
  const auto judgement = judge_two_samples(ask(draw(random, 5, 1, 0.4), draw(random, 5, 1, 0.4)));
  EXPECT_EQ(judgement.status, Status::inconclusive);
  EXPECT_EQ(judgement.reason, Reason::undecided);
  EXPECT_GT(*judgement.detectable_effect, 1.2);
}

TEST(TwoSamples, OneSampleASideSaysNothing) {
  const auto judgement = judge_two_samples(ask({1.0}, {1.0, 1.1, 1.2}));
  EXPECT_EQ(judgement.status, Status::inconclusive);
  EXPECT_EQ(judgement.reason, Reason::too_few);
  EXPECT_EQ(judgement.n, 3U);
  EXPECT_EQ(judgement.n_base, 1U);
  EXPECT_EQ(judge_two_samples(ask({}, {1, 2})).reason, Reason::missing);
}

TEST(TwoSamples, ZerosPassOnlyWhereNothingElseIsThere) {
  EXPECT_EQ(judge_two_samples(ask({0, 0, 0}, {0, 0})).status, Status::pass);
  EXPECT_EQ(judge_two_samples(ask({0, 0, 0}, {0, 1})).reason, Reason::not_finite);
  EXPECT_EQ(judge_two_samples(ask({0, 1, 2}, {0, 1, 2})).status, Status::inconclusive);
}

TEST(TwoSamples, EqualConstantsPassAndUnequalOnesFail) {
  const Samples one(12, 1.0);
  EXPECT_EQ(judge_two_samples(ask(one, one)).status, Status::pass);
  EXPECT_EQ(judge_two_samples(ask(one, Samples(12, 1.3))).status, Status::fail);
}

TEST(TwoSamples, ManySamplesAreNotAllPaired) {
  base::Random random(9);
  const auto judgement = judge_two_samples(ask(draw(random, 5000, 1, 0.1), draw(random, 5000, 1.3, 0.1)));
  EXPECT_EQ(judgement.test, "welch-t-on-logs");
  EXPECT_EQ(judgement.status, Status::fail);
}

}  // namespace
}  // namespace plimsoll::judges
