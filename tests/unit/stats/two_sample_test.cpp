#include "plimsoll/stats/two_sample.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plimsoll::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<double> draws(base::Random& random, std::size_t n, double center = 0, double spread = 1) {
  std::vector<double> values(n);
  for (double& value : values) value = center + spread * random.normal();
  return values;
}

// Sleep data of Student 1908, as in R's `sleep`.
const std::vector<double> first = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
const std::vector<double> second = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

std::vector<double> sleep_differences() {
  std::vector<double> differences;
  for (std::size_t i = 0; i < first.size(); ++i) differences.push_back(second[i] - first[i]);
  return differences;
}

TEST(TwoSample, WelchIsTheTextbooks) {
  const TestResult result = welch_t(first, second);
  EXPECT_NEAR(result.estimate, 1.58, 1e-12);
  EXPECT_NEAR(result.p_two_sided, 0.07939, 1e-5);
  EXPECT_NEAR(result.p_greater, 0.03970, 1e-5);
  EXPECT_NEAR(result.interval.lo, -0.2054832, 1e-6);
  EXPECT_NEAR(result.interval.hi, 3.3654832, 1e-6);
  EXPECT_EQ(result.n, 10U);
  EXPECT_EQ(result.n_base, 10U);
}

TEST(TwoSample, PairedTIsTheTextbooks) {
  const TestResult result = paired_t(sleep_differences());
  EXPECT_NEAR(result.p_two_sided, 0.002833, 1e-6);
  EXPECT_NEAR(result.interval.lo, 0.7001142, 1e-6);
  EXPECT_NEAR(result.interval.hi, 2.4598858, 1e-6);
}

TEST(TwoSample, LogRatiosAreRelative) {
  const std::vector<double> base = {100, 110, 90, 105};
  std::vector<double> head = base;
  for (double& value : head) value *= 1.3;
  EXPECT_NEAR(welch_t_log(base, head).estimate, std::log(1.3), 1e-12);
  const TestResult paired = paired_t_log(base, head, {.delta0 = std::log(1.2)});
  EXPECT_NEAR(paired.interval.lo, std::log(1.3), 1e-9);
  EXPECT_LT(paired.p_greater, 1e-9);
}

TEST(TwoSample, WithoutVariationTheSignDecides) {
  const std::vector<double> same = {2, 2, 2};
  EXPECT_EQ(paired_t(same).p_greater, 0);
  EXPECT_EQ(paired_t(same, {.delta0 = 2}).p_two_sided, 1);
  EXPECT_EQ(paired_t(same, {.delta0 = 3}).p_greater, 1);
  EXPECT_EQ(welch_t(same, same).p_greater, 0.5);
}

TEST(TwoSample, TooFewValuesSayNothing) {
  const std::vector<double> one = {1};
  for (const TestResult& result : {welch_t(one, one), paired_t(one), mann_whitney({}, one)}) {
    EXPECT_EQ(result.p_greater, 1);
    EXPECT_EQ(result.p_two_sided, 1);
    EXPECT_EQ(result.interval, (Interval{-infinity, infinity}));
  }
}

TEST(TwoSample, MannWhitneyIsExactForSmallSamples) {
  // Complete separation of 4 and 3: one of 35 arrangements.
  const TestResult result = mann_whitney(std::vector<double>{1, 2, 3, 4}, std::vector<double>{5, 6, 7});
  EXPECT_NEAR(result.p_greater, 1 / 35.0, 1e-12);
  EXPECT_NEAR(result.p_two_sided, 2 / 35.0, 1e-12);
  EXPECT_DOUBLE_EQ(result.estimate, 3.5);
  EXPECT_EQ(result.interval, (Interval{-infinity, infinity}));  // 95 % is out of reach
}

TEST(TwoSample, MannWhitneyCountsTies) {
  // Of the 6 ways to choose two of {1, 2, 2, 3}, three have a rank sum of at least that of {2, 3}.
  const TestResult result = mann_whitney(std::vector<double>{1, 2}, std::vector<double>{2, 3});
  EXPECT_NEAR(result.p_greater, 2 / 6.0, 1e-12);
  const std::vector<double> same = {7, 7, 7};
  EXPECT_EQ(mann_whitney(same, same).p_two_sided, 1);
  EXPECT_EQ(mann_whitney(std::vector<double>(30, 7.0), std::vector<double>(30, 7.0)).p_two_sided, 1);
}

TEST(TwoSample, MannWhitneyIntervalIsTheTextbooks) {
  // R: wilcox.test(x, y, conf.int = TRUE) on the permeability data of Hollander and Wolfe 1973, 69.
  const std::vector<double> at_term = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
  const std::vector<double> earlier = {1.15, 0.88, 0.90, 0.74, 1.21};
  const TestResult result = mann_whitney(earlier, at_term);
  EXPECT_NEAR(result.p_two_sided, 0.2544, 5e-5);
  EXPECT_NEAR(result.p_greater, 0.1272, 5e-5);
  EXPECT_NEAR(result.estimate, 0.305, 1e-9);
  EXPECT_NEAR(result.interval.lo, -0.15, 1e-9);
  EXPECT_NEAR(result.interval.hi, 0.76, 1e-9);
}

TEST(TwoSample, SignTestIsTheTextbooks) {
  const TestResult result = paired_sign(sleep_differences());  // 9 rise, 1 ties
  EXPECT_NEAR(result.p_greater, 1 / 512.0, 1e-12);
  EXPECT_NEAR(result.p_two_sided, 2 / 512.0, 1e-12);
  EXPECT_NEAR(result.estimate, 1.3, 1e-12);
}

TEST(TwoSample, PermutationCountsAllSigns) {
  base::Random random(8);
  const TestResult result = paired_permutation(sleep_differences(), random);
  // The 9 positive differences and the zero: the two flips of the zero give the largest sum.
  EXPECT_NEAR(result.p_greater, 2 / 1024.0, 1e-12);
  EXPECT_NEAR(result.p_two_sided, 4 / 1024.0, 1e-12);
  EXPECT_TRUE(result.interval.contains(1.58));
}

TEST(TwoSample, PermutationCannotReachStrictLevelsWithFewPairs) {
  base::Random random(9);
  EXPECT_EQ(paired_permutation(std::vector<double>{5, 6, 7, 8}, random).p_greater, 1 / 16.0);
}

TEST(TwoSample, RandomPermutationsAgreeWithT) {
  base::Random random(10);
  const std::vector<double> differences = draws(random, 40, 0.3);
  const TestResult permuted = paired_permutation(differences, random);
  const TestResult student = paired_t(differences);
  EXPECT_NEAR(permuted.p_greater, student.p_greater, 0.01);
  EXPECT_NEAR(permuted.interval.lo, student.interval.lo, 0.05);
  EXPECT_NEAR(permuted.interval.hi, student.interval.hi, 0.05);
}

// Each test's false-alarm rate at 5 % and its interval's coverage, where nothing but a known shift lies
// between the sides.
template <class Test>
void expect_level(Test test, double least_alarms) {
  int alarms = 0;
  int covered = 0;
  constexpr int times = 1'500;
  for (int i = 0; i < times; ++i) {
    const TestResult result = test();
    alarms += result.p_greater <= 0.05;
    covered += result.interval.contains(0.5);
  }
  EXPECT_LE(alarms, 0.067 * times);
  EXPECT_GE(alarms, least_alarms * times);
  EXPECT_GE(covered, 0.935 * times);
}

TEST(TwoSample, LevelsAndIntervalsHold) {
  base::Random random(11);
  const TestOptions shifted{.delta0 = 0.5};
  expect_level([&] { return welch_t(draws(random, 8), draws(random, 12, 0.5, 3), shifted); }, 0.033);
  expect_level([&] { return mann_whitney(draws(random, 8), draws(random, 10, 0.5), shifted); }, 0.03);
  expect_level([&] { return mann_whitney(draws(random, 30), draws(random, 30, 0.5), shifted); }, 0.03);
  expect_level([&] { return paired_t(draws(random, 6, 0.5), shifted); }, 0.033);
  expect_level([&] { return paired_sign(draws(random, 12, 0.5), shifted); }, 0.01);
  expect_level([&] { return paired_permutation(draws(random, 8, 0.5), random, shifted); }, 0.03);
  expect_level([&] { return paired_permutation(draws(random, 20, 0.5), random, shifted, 400); }, 0.03);
}

RC_GTEST_PROP(TwoSample, ShiftingHeadShiftsTheEstimate,
              (const std::vector<int>& base, const std::vector<int>& head)) {
  RC_PRE(base.size() >= 2 && head.size() >= 2 && base.size() < 30 && head.size() < 30);
  std::vector<double> from(base.begin(), base.end());
  std::vector<double> to(head.begin(), head.end());
  std::vector<double> shifted = to;
  for (double& value : shifted) value += 8;
  RC_ASSERT(mann_whitney(from, shifted, {.delta0 = 8}).p_greater == mann_whitney(from, to).p_greater);
  RC_ASSERT(std::abs(mann_whitney(from, shifted).estimate - mann_whitney(from, to).estimate - 8) < 1e-6);
}

}  // namespace
}  // namespace plimsoll::stats
