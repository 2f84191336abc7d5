#include "plimsoll/judges/regression.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "questions.h"

namespace plimsoll::judges {
namespace {

using namespace testing;

constexpr const char* kRule = "bench.time regression warn 10% fail 20%";

// `runs` runs around 10 ms with 1 % noise, and a head that differs by `factor`.
Question timing(std::size_t runs, double factor, model::Better better = model::Better::lower) {
  Question question = ask(kRule, "seconds", better);
  base::Random random(3);
  for (std::size_t i = 0; i < runs; ++i) {
    question.baseline.push_back({"run" + std::to_string(i), 0.01 * std::exp(0.01 * random.normal())});
  }
  question.head = {{.value = 0.01 * factor}};
  return question;
}

TEST(Regression, FewerThanFiveRunsAreLearning) {
  const Judgement judgement = only(timing(4, 3));
  EXPECT_EQ(judgement.status, Status::learning);
  EXPECT_EQ(judgement.n_base, 4u);
  EXPECT_NEAR(*judgement.value, 0.03, 1e-9);
}

TEST(Regression, SaysPassAndFail) {
  EXPECT_EQ(only(timing(20, 1.0)).status, Status::pass);
  const Judgement bad = only(timing(20, 1.6));
  EXPECT_EQ(bad.status, Status::fail);
  EXPECT_NEAR(*bad.effect->estimate, 1.6, 0.02);
  EXPECT_EQ(*bad.bound, 1.2);
  EXPECT_LT(*bad.p_fail, 0.01);
  EXPECT_EQ(only(timing(20, 0.5)).status, Status::pass);
}

TEST(Regression, WhereHigherIsBetterLessIsWorse) {
  const Judgement slower = only(timing(20, 1 / 1.6, model::Better::higher));
  EXPECT_EQ(slower.status, Status::fail);
  EXPECT_NEAR(*slower.effect->estimate, 1 / 1.6, 0.02);
  EXPECT_LE(*slower.effect->low, *slower.effect->estimate);
  EXPECT_NEAR(*slower.bound, 1 / 1.2, 1e-9);
  EXPECT_EQ(only(timing(20, 1.6, model::Better::higher)).status, Status::pass);
}

TEST(Regression, AHistogramWithoutAStatIsJudgedTwice) {
  Question question = ask("load.latency regression", "seconds");
  question.head = {slice(0, 90, 0.1, 10, 0.5)};
  for (int i = 0; i < 6; ++i) question.baseline.push_back({std::to_string(i), question.head.front().value});
  const auto judgements = judge(question, learn_noise(std::vector{question}));
  ASSERT_EQ(judgements.size(), 2u);
  EXPECT_EQ(judgements[0].stat, "p50");
  EXPECT_EQ(judgements[1].stat, "p95");
  EXPECT_EQ(judgements[1].status, Status::pass);
}

TEST(Regression, SmallStepsAddUpAgainstTheAnchor) {
  Question question = timing(20, 1.0);
  for (BaselineValue& run : question.baseline) run.value = std::get<double>(run.value) * 1.5;
  question.head = {{.value = 0.0155}};
  EXPECT_EQ(only(question).status, Status::pass);
  question.anchor = timing(20, 1.0).baseline;
  EXPECT_EQ(only(question).status, Status::fail);
}

TEST(Regression, BlocksArePaired) {
  Question question = ask(kRule, "seconds");
  base::Random random(5);
  for (int block = 0; block < 6; ++block) {
    const double mood = std::exp(0.5 * random.normal());  // the machine's, the same for both sides
    question.head.push_back({.block = block, .value = 0.014 * mood * std::exp(0.005 * random.normal())});
    question.base.push_back(
        {.block = block, .base_side = true, .value = 0.01 * mood * std::exp(0.005 * random.normal())});
  }
  const Judgement judgement = only(question);
  EXPECT_EQ(judgement.status, Status::fail) << judgement.explanation;
  EXPECT_NEAR(*judgement.effect->estimate, 1.4, 0.03);
  EXPECT_EQ(judgement.n_base, 6u);
  question.base.resize(2);
  EXPECT_EQ(only(question).reason, Reason::too_few);
}

TEST(Regression, ZeroThatWasAlwaysZeroHasNotChanged) {
  Question question = timing(6, 0);
  for (BaselineValue& run : question.baseline) run.value = 0.0;
  EXPECT_EQ(only(question).status, Status::pass);
  question.head = {{.value = 0.0}};
  question.baseline.back().value = 1.0;
  EXPECT_EQ(only(question).status, Status::inconclusive);
}

TEST(Regression, FromZeroIsNotLearntForEver) {
  Question question = timing(20, 1.0);
  for (BaselineValue& run : question.baseline) run.value = 0.0;
  const Judgement judgement = only(question);
  EXPECT_EQ(judgement.status, Status::inconclusive) << judgement.explanation;
  EXPECT_EQ(judgement.reason, Reason::not_finite);
}

TEST(Regression, ProportionsMayBeZero) {
  Question question = ask("load.errors regression", "ratio");
  for (int i = 0; i < 10; ++i) question.baseline.push_back({std::to_string(i), model::Proportion{0, 1000}});
  question.head = {share(0, 0, 1000)};
  EXPECT_EQ(only(question).status, Status::pass);
  question.head = {share(0, 100, 1000)};
  EXPECT_EQ(only(question).status, Status::fail);
}

}  // namespace
}  // namespace plimsoll::judges
