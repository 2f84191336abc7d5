#include "plimsoll/judges/slope.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/unit/judges/questions.h"

namespace plimsoll::judges {
namespace {

using model::Judgement;
using model::Reason;
using model::Status;
using testing::ask;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::only;

constexpr double mebibyte = 1024.0 * 1024;

// Memory by the second, with 20 KiB of noise.
Question memory(const std::string& rule, int seconds, const std::function<double(double)>& bytes_at) {
  Question question = ask(rule, "bytes");
  base::Random random(5);
  for (int i = 0; i < seconds; ++i) {
    question.head.push_back({.slice_start = 1.7e9 + i,
                             .slice_seconds = 1,
                             .value = 100 * mebibyte + 20'000 * random.normal() + bytes_at(i)});
  }
  return question;
}

TEST(SlopeJudge, SaysHowFastItLeaks) {
  const auto leak = [](double t) { return mebibyte * t / 60; };
  const Judgement judgement = only(memory("service.memory slope < 1MiB/h", 600, leak));
  EXPECT_EQ(judgement.status, Status::fail);
  EXPECT_EQ(judgement.stat, "slope");
  EXPECT_EQ(judgement.unit, "bytes_per_hour");
  EXPECT_EQ(judgement.test, "theil-sen");
  EXPECT_EQ(*judgement.bound, mebibyte);
  EXPECT_NEAR(*judgement.value / mebibyte, 60, 1);
  EXPECT_LT(*judgement.effect->low / mebibyte, 60);
  EXPECT_GT(*judgement.effect->high / mebibyte, 60);
  EXPECT_EQ(judgement.false_alarm_rate, 0.025);
  EXPECT_THAT(judgement.explanation, HasSubstr("service.memory leaks "));
  EXPECT_THAT(judgement.explanation, HasSubstr(" ± "));
  EXPECT_THAT(judgement.explanation, HasSubstr("MiB/h, beyond its bound of 1 MiB/h"));
}

// "33 ± 35" of an interval from 20 to 68 would read as if it could be falling.
TEST(SlopeJudge, ALopsidedIntervalIsToldByItsEnds) {
  const auto hurries = [](double t) { return mebibyte * (t < 450 ? t / 60 : 7.5 + (t - 450) / 20); };
  const Judgement judgement = only(memory("service.memory slope < 1MiB/h", 600, hurries));
  const double above = *judgement.effect->high - *judgement.value;
  const double below = *judgement.value - *judgement.effect->low;
  ASSERT_GT(std::max(above, below), 1.5 * std::min(above, below));
  EXPECT_THAT(judgement.explanation, Not(HasSubstr(" ± ")));
  EXPECT_THAT(judgement.explanation, HasSubstr("(95 %: "));
}

TEST(SlopeJudge, PassesWhatStaysOrFalls) {
  const Judgement still = only(memory("service.memory slope < 1MiB/h", 3'600, [](double) { return 0.0; }));
  EXPECT_EQ(still.status, Status::pass);
  EXPECT_THAT(still.explanation, HasSubstr("within its bound"));
  const auto falls = [](double t) { return -mebibyte * t / 60; };
  EXPECT_EQ(only(memory("service.memory slope < 1MiB/h", 600, falls)).status, Status::pass);
}

TEST(SlopeJudge, ABoundMayBePerAnyTimeAndBelow) {
  const auto leak = [](double t) { return mebibyte * t / 60; };
  EXPECT_EQ(only(memory("service.memory slope < 2MiB/m", 600, leak)).status, Status::pass);
  EXPECT_EQ(only(memory("service.memory slope < 1GiB/d", 600, leak)).status, Status::fail);
  EXPECT_EQ(only(memory("service.memory slope > 1MiB/h", 600, leak)).status, Status::pass);
  EXPECT_EQ(only(memory("service.memory slope > 100MiB/h", 600, leak)).status, Status::fail);
}

TEST(SlopeJudge, WhatFillsUpIsNoLeakYet) {
  const auto cache = [](double t) { return 100 * mebibyte * (1 - std::exp(-t / 200)); };
  const Judgement judgement = only(memory("service.memory slope < 1MiB/h", 600, cache));
  EXPECT_EQ(judgement.status, Status::inconclusive);
  EXPECT_EQ(judgement.reason, Reason::undecided);
  EXPECT_THAT(judgement.explanation, HasSubstr("ever slower"));
}

TEST(SlopeJudge, ASingleJumpIsNoLeak) {
  const auto jump = [](double t) { return t > 450 ? 10 * mebibyte : 0; };
  const Judgement judgement = only(memory("service.memory slope < 1MiB/h", 600, jump));
  EXPECT_EQ(judgement.status, Status::inconclusive);
}

TEST(SlopeJudge, TooShortARunIsTooFew) {
  const Judgement judgement = only(memory("service.memory slope < 1MiB/h", 20, [](double) { return 0.0; }));
  EXPECT_EQ(judgement.status, Status::inconclusive);
  EXPECT_EQ(judgement.reason, Reason::too_few);
}

TEST(SlopeJudge, OtherUnitsReadInTheirOwn) {
  Question question = ask("service.threads slope < 1/h", "count");
  for (int i = 0; i < 600; ++i)
    question.head.push_back({.slice_start = 1.7e9 + i, .slice_seconds = 1, .value = 10 + i / 10.0});
  const Judgement judgement = only(question);
  EXPECT_EQ(judgement.status, Status::fail);
  EXPECT_NEAR(*judgement.value, 360, 1e-6);
  EXPECT_THAT(judgement.explanation, HasSubstr("service.threads rises by 360/h"));
}

}  // namespace
}  // namespace plimsoll::judges
