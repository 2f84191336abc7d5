#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "plimsoll/probes/eval/measures.h"

namespace plimsoll::probes::eval {
namespace {

// Ranked: b at rank 2 (grade 2), d at rank 4 (grade 1); f (grade 1) was never found.
const std::vector<std::string> ranking = {"a", "b", "c", "d", "e"};
const Grades judged = {{"b", 2}, {"c", 0}, {"d", 1}, {"f", 1}};

TEST(Measures, AgreeWithAnExampleWorkedByHand) {
  const auto value = [](std::string_view name) { return value_of(*parse_measure(name), ranking, judged); };
  EXPECT_DOUBLE_EQ(value("mrr"), 1.0 / 2);
  EXPECT_DOUBLE_EQ(value("hit_at_1"), 0);
  EXPECT_DOUBLE_EQ(value("hit_at_3"), 1);
  EXPECT_DOUBLE_EQ(value("precision_at_3"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value("precision_at_5"), 2.0 / 5);
  EXPECT_DOUBLE_EQ(value("precision_at_10"), 2.0 / 10);
  EXPECT_DOUBLE_EQ(value("recall_at_3"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value("recall_at_5"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(value("map"), (1.0 / 2 + 2.0 / 4) / 3);
  // (2 / log2 3 + 1 / log2 5) / (2 / log2 2 + 1 / log2 3 + 1 / log2 4)
  EXPECT_NEAR(value("ndcg_at_5"), 0.5405857679450102, 1e-15);
}

// The example of Wikipedia's article on discounted cumulative gain: 6.861 of an ideal 8.740.
TEST(Measures, GiveThePublishedGainOfAGradedExample) {
  const std::vector<std::string> found = {"1", "2", "3", "4", "5", "6"};
  const Grades grades = {{"1", 3}, {"2", 2}, {"3", 3}, {"4", 0}, {"5", 1}, {"6", 2}, {"7", 3}, {"8", 2}};
  EXPECT_NEAR(ndcg_at(grades_in_order(found, grades), grades, 6), 0.785, 5e-4);
}

TEST(Measures, TakeAnUnjudgedDocumentAsNotRelevantAndARepeatedOneOnce) {
  const std::vector<std::string> found = {"x", "b", "b", "y", "d"};
  EXPECT_THAT(grades_in_order(found, judged), testing::ElementsAre(0, 2, 0, 0, 1));
}

TEST(Measures, TakeAGradeBelowZeroAsNotRelevant) {
  const Grades grades = {{"a", -1}, {"b", 1}};
  EXPECT_EQ(relevant_count(grades), 1U);
  EXPECT_EQ(value_of({MeasureKind::reciprocal_rank, 0}, ranking, grades), 0.5);
  EXPECT_LE(value_of({MeasureKind::ndcg, 5}, ranking, grades), 1);
}

TEST(Measures, OfNothingAreZero) {
  for (const Measure& measure : all_measures()) {
    EXPECT_EQ(value_of(measure, {}, judged), 0) << to_string(measure);
    EXPECT_EQ(value_of(measure, ranking, {}), 0) << to_string(measure);
  }
}

TEST(Measures, HaveNamesThatReadBack) {
  for (const Measure& measure : all_measures()) EXPECT_EQ(parse_measure(to_string(measure)), measure);
  for (const char* name : {"", "mrr ", "MRR", "hit_at_2", "hit_at_", "ndcg", "recall_at_10x"}) {
    EXPECT_FALSE(parse_measure(name)) << name;
  }
}

// A ranking of some of the documents 0 … 11 and grades for some of them.
struct Case {
  std::vector<std::string> ranking;
  Grades judged;
};

Case any_case() {
  std::vector<int> order(12);
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  Case result;
  const auto length = *rc::gen::inRange<std::size_t>(0, order.size() + 1);
  for (std::size_t i = 0; i < length; ++i) result.ranking.push_back(std::to_string(order[i]));
  for (const int document : order) {
    const int grade = *rc::gen::inRange(-1, 4);
    if (*rc::gen::arbitrary<bool>()) result.judged[std::to_string(document)] = grade;
  }
  return result;
}

RC_GTEST_PROP(Measures, LieBetweenZeroAndOne, ()) {
  const Case any = any_case();
  for (const Measure& measure : all_measures()) {
    const double value = value_of(measure, any.ranking, any.judged);
    RC_ASSERT(value >= 0);
    RC_ASSERT(value <= 1 + 1e-12);
  }
}

RC_GTEST_PROP(Measures, OfThePerfectRankingAreAsHighAsCanBe, ()) {
  Case any = any_case();
  any.judged["sure"] = 1;
  std::vector<std::pair<Grade, std::string>> best;
  for (const auto& [document, grade] : any.judged) best.emplace_back(-grade, document);
  std::ranges::sort(best);
  any.ranking.clear();
  for (const auto& [grade, document] : best) any.ranking.push_back(document);
  const auto relevant = static_cast<double>(relevant_count(any.judged));
  for (const Measure& measure : all_measures()) {
    const auto k = static_cast<double>(measure.k);
    const double highest = measure.kind == MeasureKind::precision ? std::min(1.0, relevant / k)
                           : measure.kind == MeasureKind::recall  ? std::min(1.0, k / relevant)
                                                                  : 1;
    RC_ASSERT(std::abs(value_of(measure, any.ranking, any.judged) - highest) < 1e-12);
  }
}

RC_GTEST_PROP(Measures, NeverFallWhenABetterDocumentMovesUp, ()) {
  Case any = any_case();
  any.ranking.insert(any.ranking.end(), {"12", "13"});  // so that there are two places to swap
  const std::vector<Grade> grades = grades_in_order(any.ranking, any.judged);
  const auto lower = *rc::gen::inRange<std::size_t>(1, grades.size());
  const auto upper = *rc::gen::inRange<std::size_t>(0, lower);
  if (grades[lower] <= grades[upper]) any.judged[any.ranking[lower]] = grades[upper] + 1;
  std::vector<std::string> improved = any.ranking;
  std::swap(improved[upper], improved[lower]);
  for (const Measure& measure : all_measures()) {
    const double before = value_of(measure, any.ranking, any.judged);
    RC_ASSERT(value_of(measure, improved, any.judged) >= before - 1e-12);
  }
}

RC_GTEST_PROP(Measures, DoNotChangeWhenUnjudgedDocumentsFollow, ()) {
  const Case any = any_case();
  std::vector<std::string> longer = any.ranking;
  longer.insert(longer.end(), {"u1", "u2", "u3"});
  for (const Measure& measure : all_measures()) {
    RC_ASSERT(value_of(measure, longer, any.judged) == value_of(measure, any.ranking, any.judged));
  }
}

}  // namespace
}  // namespace plimsoll::probes::eval
