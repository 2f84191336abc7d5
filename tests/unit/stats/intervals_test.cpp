#include "plimsoll/stats/intervals.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<double> draws(base::Random& random, std::size_t n) {
  std::vector<double> values(n);
  for (double& value : values) value = random.normal();
  return values;
}

// The share of `times` in which `covers` holds.
template <class Covers>
double share_of(int times, Covers covers) {
  int count = 0;
  for (int i = 0; i < times; ++i) count += covers();
  return count / static_cast<double>(times);
}

// The limits were computed with R: binom.test, prop.test(correct = FALSE), poisson.test.
TEST(Intervals, ClopperPearsonIsTheTextbooks) {
  const Interval five_of_twenty = clopper_pearson(5, 20);
  EXPECT_NEAR(five_of_twenty.lo, 0.08657147, 1e-7);
  EXPECT_NEAR(five_of_twenty.hi, 0.49104587, 1e-7);
}

TEST(Intervals, ClopperPearsonOfNoneAndAllIsClosedForm) {
  EXPECT_EQ(clopper_pearson(0, 100).lo, 0);
  EXPECT_NEAR(clopper_pearson(0, 100).hi, 1 - std::pow(0.025, 0.01), 1e-12);
  EXPECT_NEAR(clopper_pearson(100, 100).lo, std::pow(0.025, 0.01), 1e-12);
  EXPECT_EQ(clopper_pearson(100, 100).hi, 1);
}

TEST(Intervals, NothingKnownOfNoEvents) {
  EXPECT_EQ(clopper_pearson(0, 0), (Interval{0, 1}));
  EXPECT_EQ(wilson(0, 0), (Interval{0, 1}));
}

TEST(Intervals, WilsonIsTheTextbooks) {
  EXPECT_NEAR(wilson(5, 20).lo, 0.1118614, 1e-6);
  EXPECT_NEAR(wilson(5, 20).hi, 0.4687010, 1e-6);
}

TEST(Intervals, PoissonIsTheTextbooks) {
  EXPECT_NEAR(poisson_rate_interval(10, 2).lo, 4.795389 / 2, 1e-6);
  EXPECT_NEAR(poisson_rate_interval(10, 2).hi, 18.390356 / 2, 1e-6);
  EXPECT_EQ(poisson_rate_interval(0, 1).lo, 0);
  EXPECT_NEAR(poisson_rate_interval(0, 1).hi, -std::log(0.025), 1e-9);
}

TEST(Intervals, AnEffectiveCountWidens) {
  const Interval whole = clopper_pearson(10, 1000);
  const Interval effective = clopper_pearson(10 / 2.5, 1000 / 2.5);
  EXPECT_LT(effective.lo, whole.lo);
  EXPECT_GT(effective.hi, whole.hi);
}

TEST(Intervals, ClopperPearsonNeverCoversLess) {
  base::Random random(3);
  for (const double p : {0.001, 0.02, 0.3}) {
    const double covered = share_of(4'000, [&] {
      double k = 0;
      for (int i = 0; i < 200; ++i) k += random.uniform() < p;
      return clopper_pearson(k, 200).contains(p);
    });
    EXPECT_GE(covered, 0.945);
  }
}

TEST(Intervals, MeanAndPredictionCoverAsPromised) {
  base::Random random(4);
  EXPECT_NEAR(share_of(4'000, [&] { return t_interval(draws(random, 5)).contains(0); }), 0.95, 0.012);
  const double predicted =
      share_of(4'000, [&] { return prediction_interval(draws(random, 5)).contains(random.normal()); });
  EXPECT_NEAR(predicted, 0.95, 0.012);
}

TEST(Intervals, OneValueSaysNothingOfTheMean) {
  EXPECT_EQ(t_interval(std::vector<double>{4}), (Interval{-infinity, infinity}));
  EXPECT_EQ(prediction_interval(std::vector<double>{}), (Interval{-infinity, infinity}));
}

TEST(Intervals, NormalIsSymmetric) {
  const Interval interval = normal_interval(10, 2);
  EXPECT_NEAR(interval.lo, 6.0800720, 1e-6);
  EXPECT_NEAR(interval.hi, 13.9199280, 1e-6);
}

TEST(Intervals, OrderStatisticsBoundQuantilesOfAnyPopulation) {
  base::Random random(5);
  const double covered = share_of(4'000, [&] {
    std::vector<double> values = draws(random, 60);
    for (double& value : values) value = std::exp(2 * value);
    return quantile_interval(sorted(values), 0.9).contains(std::exp(2 * 1.2815515655446004));
  });
  EXPECT_GE(covered, 0.945);
  EXPECT_LE(covered, 0.985);
}

TEST(Intervals, TooFewValuesDoNotBoundAQuantile) {
  const std::vector<double> values = {1, 2, 3, 4, 5};
  EXPECT_EQ(quantile_interval(values, 0.99).hi, infinity);
  EXPECT_EQ(quantile_interval(values, 0.01).lo, -infinity);
  EXPECT_EQ(quantile_interval({}, 0.5), (Interval{-infinity, infinity}));
}

RC_GTEST_PROP(Intervals, HoldTheShareAndLieInTheUnitInterval, ()) {
  const int n = *rc::gen::inRange(1, 100'000);
  const int k = *rc::gen::inRange(0, n + 1);
  for (const Interval interval : {clopper_pearson(k, n), wilson(k, n)}) {
    RC_ASSERT(0 <= interval.lo && interval.hi <= 1);
    RC_ASSERT(interval.contains(k / static_cast<double>(n)));
  }
}

}  // namespace
}  // namespace plimsoll::stats
