#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "plimsoll/probes/eval/scores.h"
#include "plimsoll/probes/eval/summary.h"

namespace plimsoll::probes::eval {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::Optional;

// Four queries: two easy ones, a hard one that failed, one without an answer.
class ScoresTest : public testing::Test {
 protected:
  ScoresTest() {
    suite_.api = mem0_api(true);
    suite_.tenant_field = "tenant";
    suite_.group_field = "difficulty";
    suite_.measures = {{MeasureKind::reciprocal_rank, 0}, {MeasureKind::hit, 1}};
    set_.queries = {{"q1", "?", R"({"difficulty": "easy"})", {{"d1", 1}}},
                    {"q2", "?", R"({"difficulty": "easy"})", {{"d2", 1}}},
                    {"q3", "?", R"({"difficulty": "hard"})", {{"d3", 1}}},
                    {"q4", "?", "", {{"d1", 0}}}};
    evaluation_.asked = {
        {.query = &set_.queries[0], .hits = {{"d1", 0.9}}, .seconds = 0.1},
        {.query = &set_.queries[1], .hits = {{"d1", 0.5}, {"d2", 0.4}}, .leaks = 1, .seconds = 0.2},
        {.query = &set_.queries[2], .failure = "500"},
        {.query = &set_.queries[3], .hits = {{"d9", 0.5}}, .seconds = 0.3}};
  }

  Scores scores() { return *score(suite_, evaluation_); }

  Suite suite_;
  JudgedSet set_;
  Evaluation evaluation_;
};

TEST_F(ScoresTest, GroupsTheAnswerableQueriesAndCountsAFailedOneAsZero) {
  const Scores result = scores();
  EXPECT_THAT(result.groups, ElementsAre("all", "easy", "hard"));
  EXPECT_THAT(result.of(0, "all"), ElementsAre(1, 0.5, 0));
  EXPECT_THAT(result.of(0, "easy"), ElementsAre(1, 0.5));
  EXPECT_THAT(result.of(1, "hard"), ElementsAre(0));
  EXPECT_EQ(result.unanswerable.size(), 1U);
  EXPECT_EQ(result.failed, 1U);
  EXPECT_EQ(result.leaks, 1U);
}

TEST_F(ScoresTest, SeparateAnswerableFromUnanswerableByTheirBestScores) {
  EXPECT_THAT(separation(scores()), Optional(DoubleEq(0.75)));  // 0.9 above 0.5, and a tie
  EXPECT_THAT(unanswerable_top_scores(scores()), ElementsAre(0.5));
  suite_.api.score.clear();
  EXPECT_EQ(separation(scores()), std::nullopt);
  EXPECT_THAT(unanswerable_top_scores(scores()), testing::IsEmpty());
}

TEST_F(ScoresTest, TakeNothingFoundAsAScoreOfZero) {
  evaluation_.asked[3].hits.clear();
  EXPECT_THAT(unanswerable_top_scores(scores()), ElementsAre(0));
}

TEST_F(ScoresTest, RefuseAGroupThatIsCalledAll) {
  set_.queries[0].metadata = R"({"difficulty": "all"})";
  EXPECT_EQ(score(suite_, evaluation_).error().code, base::ErrorCode::invalid_argument);
}

TEST_F(ScoresTest, AreSummedUpWithIntervals) {
  set_.documents = {{"d1", "", "x", ""}};
  const Summary summary = summarise(suite_, set_, evaluation_, scores());
  EXPECT_EQ(summary.queries, 4U);
  EXPECT_EQ(summary.answerable, 3U);
  EXPECT_EQ(summary.unanswerable, 1U);
  EXPECT_EQ(summary.failed, 1U);
  EXPECT_EQ(summary.leaks, 1U);
  EXPECT_EQ(summary.first_failure, "q3: 500");
  EXPECT_EQ(summary.latency.count(), 4U);
  EXPECT_EQ(summary.latency.infinite(), 1U);
  const Mean& mrr = summary.means[0][0];
  EXPECT_EQ(mrr.n, 3U);
  EXPECT_THAT(mrr.mean, Optional(DoubleEq(0.5)));
  ASSERT_TRUE(mrr.interval);
  EXPECT_TRUE(mrr.interval->contains(0.5));
}

TEST(Mean, OfNothingIsUnknown) {
  EXPECT_EQ(mean_of({}).mean, std::nullopt);
  EXPECT_EQ(mean_of({}).interval, std::nullopt);
  const std::vector<double> same = {0.5, 0.5};
  EXPECT_EQ(mean_of(same).interval, std::nullopt);
}

TEST(Mean, OfFewValuesIsByStudentAndStaysAShare) {
  const std::vector<double> few = {0, 0.5};
  const Mean mean = mean_of(few);
  EXPECT_EQ(mean.interval->lo, 0.0);
  EXPECT_EQ(mean.interval->hi, 1.0);
  const std::vector<double> scores = {1, 2, 3};
  EXPECT_NEAR(mean_of(scores).interval->lo, 2 - 4.302652729911275 / std::sqrt(3.0), 1e-9);
}

TEST(Mean, OfAllOnesIsStillUncertain) {
  const std::vector<double> ones(20, 1.0);
  const Mean mean = mean_of(ones);
  EXPECT_EQ(mean.mean, 1.0);
  EXPECT_NEAR(mean.interval->lo, 0.8316, 1e-4);  // Clopper-Pearson for 20 of 20: 0.025^(1/20)
  EXPECT_EQ(mean.interval->hi, 1.0);
}

RC_GTEST_PROP(Mean, LiesInItsInterval, (const std::vector<bool>& bits)) {
  std::vector<double> values;
  for (const bool bit : bits) values.push_back(bit ? 1 : 0.25);
  const Mean mean = mean_of(values);
  if (mean.interval)
    RC_ASSERT(mean.interval->lo <= *mean.mean + 1e-12 && *mean.mean <= mean.interval->hi + 1e-12);
}

RC_GTEST_PROP(Separation, IsTheShareOfPairsInOrder,
              (const std::vector<int>& above, const std::vector<int>& below)) {
  const std::vector<double> positive(above.begin(), above.end()), negative(below.begin(), below.end());
  const auto apart = separation(positive, negative);
  RC_ASSERT(apart.has_value() == (!positive.empty() && !negative.empty()));
  if (!apart) return;
  double wins = 0;
  for (const double p : positive) {
    for (const double n : negative) wins += p > n ? 1 : p == n ? 0.5 : 0;
  }
  RC_ASSERT(std::abs(*apart - wins / static_cast<double>(positive.size() * negative.size())) < 1e-12);
}

}  // namespace
}  // namespace plimsoll::probes::eval
