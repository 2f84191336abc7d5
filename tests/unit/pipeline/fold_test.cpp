#include "plimsoll/pipeline/fold.h"

#include <vector>

#include <gtest/gtest.h>

namespace plimsoll::pipeline {
namespace {

using model::Judgement;
using model::Status;

std::vector<Judgement> judgements(std::initializer_list<Status> statuses) {
  std::vector<Judgement> result;
  for (const Status status : statuses) {
    Judgement judgement;
    judgement.status = status;
    judgement.explanation = "because of number " + std::to_string(result.size() + 1);
    result.push_back(judgement);
  }
  return result;
}

TEST(Fold, FailBeatsInconclusiveBeatsWarnBeatsPass) {
  EXPECT_EQ(fold(judgements({Status::pass, Status::inconclusive, Status::fail, Status::warn})), Status::fail);
  EXPECT_EQ(fold(judgements({Status::pass, Status::warn, Status::inconclusive})), Status::inconclusive);
  EXPECT_EQ(fold(judgements({Status::pass, Status::warn})), Status::warn);
  EXPECT_EQ(fold(judgements({Status::pass, Status::learning, Status::not_run})), Status::pass);
}

TEST(Fold, LearningAndNotRunDoNotFold) {
  EXPECT_EQ(fold(judgements({Status::warn, Status::learning})), Status::warn);
  EXPECT_EQ(fold(judgements({Status::learning, Status::not_run})), Status::pass);
}

TEST(Fold, NothingJudgedIsNeverPass) {
  EXPECT_EQ(fold({}), Status::inconclusive);
  EXPECT_EQ(fold(judgements({Status::not_run, Status::not_run})), Status::inconclusive);
}

TEST(Headline, SaysTheAnswerAndTheFirstReason) {
  const auto several = judgements({Status::pass, Status::fail, Status::fail});
  EXPECT_EQ(headline(Status::fail, several, std::nullopt),
            "This release must not ship: because of number 2 (and 1 more).");
  EXPECT_EQ(headline(Status::pass, judgements({Status::pass, Status::learning}), std::nullopt),
            "This release may ship: 1 judgement passes, 1 still learning what is normal.");
}

TEST(Headline, OnlyLearningSaysThatNothingWasCompared) {
  EXPECT_EQ(headline(Status::pass, judgements({Status::learning, Status::learning}), std::nullopt),
            "This release may ship, but nothing could be compared yet: 2 judgements still learning what is "
            "normal.");
}

TEST(Headline, TheDeathOfTheServiceComesFirst) {
  const auto blocked = judgements({Status::inconclusive});
  EXPECT_EQ(headline(Status::inconclusive, blocked, "the service was killed by SIGSEGV at noon"),
            "No verdict: the service was killed by SIGSEGV at noon.");
  EXPECT_EQ(headline(Status::inconclusive, blocked, std::nullopt), "No verdict: because of number 1.");
  EXPECT_EQ(headline(Status::inconclusive, {}, std::nullopt),
            "No verdict: the plan has no rules, so nothing was judged.");
}

}  // namespace
}  // namespace plimsoll::pipeline
