#include "plimsoll/judges/counted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "questions.h"

namespace plimsoll::judges {
namespace {

using namespace testing;
using ::testing::HasSubstr;

Question ask_count(const std::string& rule, std::vector<double> head, std::vector<double> baseline) {
  Question question = ask(rule, "instructions");
  for (const double count : head) question.head.push_back({.value = count});
  for (std::size_t i = 0; i < baseline.size(); ++i)
    question.baseline.push_back({"run" + std::to_string(i), baseline[i]});
  return question;
}

const std::string by_default = "bench.instructions regression";

TEST(CountedInstructions, AreDecidedFromOneEarlierRun) {
  EXPECT_EQ(only(ask_count(by_default, {1'000'000}, {1'000'000})).status, Status::pass);
  EXPECT_EQ(only(ask_count(by_default, {1'004'000}, {1'000'000})).status, Status::pass);
  const Judgement fail = only(ask_count(by_default, {1'006'000}, {1'000'000}));
  EXPECT_EQ(fail.status, Status::fail);
  EXPECT_NEAR(*fail.effect->estimate, 1.006, 1e-9);
  EXPECT_NEAR(*fail.bound, 1.005, 1e-9);
  EXPECT_FALSE(fail.p_fail.has_value());
  EXPECT_EQ(fail.n_base, 1U);
}

TEST(CountedInstructions, HoldTheBoundsThatAreGiven) {
  const std::string rule = "bench.instructions regression warn 1% fail 5%";
  EXPECT_EQ(only(ask_count(rule, {1'006'000}, {1'000'000})).status, Status::pass);
  EXPECT_EQ(only(ask_count(rule, {1'020'000}, {1'000'000})).status, Status::warn);
  EXPECT_EQ(only(ask_count(rule, {1'060'000}, {1'000'000})).status, Status::fail);
}

TEST(CountedInstructions, WithoutAnEarlierRunAreLearning) {
  EXPECT_EQ(only(ask_count(by_default, {1'000'000}, {})).status, Status::learning);
}

TEST(CountedInstructions, OfAProgramThatVariesAreUndecided) {
  const Judgement judgement = only(ask_count(by_default, {1'000'000, 1'020'000}, {1'005'000}));
  EXPECT_EQ(judgement.status, Status::inconclusive);
  EXPECT_EQ(judgement.reason, Reason::undecided);
}

TEST(CountedInstructions, SmallStepsAddUp) {
  const Judgement judgement = only(ask_count(by_default, {1'008'000}, {1'004'000, 1'003'000, 1'000'000}));
  EXPECT_EQ(judgement.status, Status::fail);
  EXPECT_THAT(judgement.explanation, HasSubstr("run2"));
}

TEST(CountedInstructions, AreComparedWithTheBaseSideWhereThereIsOne) {
  Question question = ask_count(by_default, {1'000'000}, {500'000});
  question.base.push_back({.base_side = true, .value = 999'000.0});
  EXPECT_EQ(only(question).status, Status::pass);
}

}  // namespace
}  // namespace plimsoll::judges
