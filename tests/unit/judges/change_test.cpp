#include "plimsoll/judges/change.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/unit/judges/questions.h"

namespace plimsoll::judges {
namespace {

using testing::ask;
using testing::Judgement;
using testing::only;
using testing::Reason;
using testing::Status;

// The newest of `runs` runs stand `factor` above the level of the others; the last is the one that is judged.
Question steps(std::size_t runs, std::size_t newest, double factor,
               model::Better better = model::Better::lower, const std::string& check = "change") {
  Question question = ask("bench.time " + check, "seconds", better);
  base::Random random(11);
  std::vector<double> values;
  for (std::size_t i = 0; i < runs; ++i)
    values.push_back(0.010 * std::exp(0.02 * random.normal()) * (i + newest >= runs ? factor : 1));
  question.head.push_back({.value = values.back()});
  for (std::size_t i = runs - 1; i-- > 0;) question.baseline.push_back({std::to_string(i), values[i]});
  return question;
}

TEST(Change, FailsWhatThreeRunsConfirm) {
  const Judgement judgement = only(steps(40, 3, 1.3));
  EXPECT_EQ(judgement.status, Status::fail) << judgement.explanation;
  EXPECT_EQ(judgement.family, model::ErrorFamily::drift);
  EXPECT_EQ(judgement.n, 3U);
  EXPECT_NEAR(*judgement.effect->estimate, 1.3, 0.05);
  EXPECT_LT(*judgement.p_fail, 0.002);
  EXPECT_NE(judgement.explanation.find("the newest 3 runs are"), std::string::npos) << judgement.explanation;
}

TEST(Change, WarnsBetweenItsBounds) {
  EXPECT_EQ(only(steps(40, 3, 1.15)).status, Status::warn);
  EXPECT_EQ(only(steps(40, 3, 1.3, model::Better::lower, "change warn 15% fail 50%")).status, Status::warn);
  EXPECT_EQ(only(steps(40, 3, 1.3, model::Better::lower, "change warn 40% fail 50%")).status, Status::pass);
}

TEST(Change, OfOneRunIsWatchedAndCallsNobody) {
  const Judgement judgement = only(steps(40, 1, 1.5));
  EXPECT_EQ(judgement.status, Status::learning);
  EXPECT_NE(judgement.explanation.find("the next runs tell"), std::string::npos) << judgement.explanation;
}

TEST(Change, ForTheBetterWarnsAtMost) {
  EXPECT_EQ(only(steps(40, 3, 0.5)).status, Status::warn);
  EXPECT_EQ(only(steps(40, 1, 0.5)).status, Status::pass);
  EXPECT_EQ(only(steps(40, 3, 2, model::Better::higher)).status, Status::warn);
  const Judgement worse = only(steps(40, 3, 0.5, model::Better::higher));
  EXPECT_EQ(worse.status, Status::fail);
  EXPECT_LT(*worse.effect->low, *worse.effect->high);
  EXPECT_LT(*worse.bound, 1);
}

TEST(Change, WithoutADirectionIsBadBothWays) {
  EXPECT_EQ(only(steps(40, 3, 0.5, model::Better::neither)).status, Status::fail);
  EXPECT_EQ(only(steps(40, 3, 2, model::Better::neither)).status, Status::fail);
}

TEST(Change, OfOneRunIsWatchedBothWaysWithoutADirection) {
  for (const double factor : {0.5, 2.0}) {
    const Judgement judgement = only(steps(40, 1, factor, model::Better::neither));
    EXPECT_EQ(judgement.status, Status::learning) << judgement.explanation;
    EXPECT_NEAR(*judgement.effect->estimate, factor, 0.1 * factor);
    EXPECT_EQ(*judgement.bound > 1, factor > 1);
  }
}

TEST(Change, PassesWhereNothingMoved) {
  const Judgement judgement = only(steps(40, 0, 1));
  EXPECT_EQ(judgement.status, Status::pass) << judgement.explanation;
  EXPECT_TRUE(judgement.p_fail && judgement.p_warn);
}

TEST(Change, LearnsUntilTenRunsAreKnown) {
  const Judgement judgement = only(steps(10, 3, 2));
  EXPECT_EQ(judgement.status, Status::learning);
  EXPECT_FALSE(judgement.p_fail);
  EXPECT_NE(judgement.explanation.find("9 of 10 comparable runs"), std::string::npos)
      << judgement.explanation;
  EXPECT_EQ(only(steps(1, 0, 1)).status, Status::learning);
}

TEST(Change, OfWhatAlwaysWasZeroIsExact) {
  Question question = steps(40, 0, 1);
  question.head.front().value = 0.0;
  EXPECT_EQ(only(question).reason, Reason::not_finite);
  for (BaselineValue& earlier : question.baseline) earlier.value = 0.0;
  EXPECT_EQ(only(question).status, Status::pass);
}

TEST(Change, FromZeroIsNotLearntForEver) {
  Question question = steps(40, 0, 1);
  for (BaselineValue& earlier : question.baseline) earlier.value = 0.0;
  const Judgement judgement = only(question);
  EXPECT_EQ(judgement.status, Status::inconclusive) << judgement.explanation;
  EXPECT_EQ(judgement.reason, Reason::not_finite);
  EXPECT_EQ(judgement.n_base, 39U);
}

TEST(Change, IsNotJudgedByTheFewRunsThatAreAboveZero) {
  Question question = steps(51, 0, 1);
  for (std::size_t i = 0; i < 40; ++i) question.baseline[i].value = 0.0;
  EXPECT_EQ(only(question).reason, Reason::not_finite);
}

TEST(Change, CitesTheNewestRunsAndDigestsAll) {
  Question question = steps(40, 0, 1);
  const Judgement judgement = only(question);
  ASSERT_EQ(judgement.evidence.size(), 20U);
  EXPECT_EQ(judgement.evidence.front(), "38");
  EXPECT_EQ(judgement.evidence.back(), "19");
  question.baseline.back().value = 0.011;
  EXPECT_NE(only(question).inputs_digest, judgement.inputs_digest);
}

TEST(Change, AsksTheMedianAndTheTailOfAHistogram) {
  Question question = ask("load.latency change", "seconds");
  question.head = {testing::slice(0, 1000, 0.010, 10, 0.1)};
  for (int i = 0; i < 20; ++i) question.baseline.push_back({std::to_string(i), question.head.front().value});
  EXPECT_EQ(judge(question).size(), 2U);
}

}  // namespace
}  // namespace plimsoll::judges
