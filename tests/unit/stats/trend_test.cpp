#include "plimsoll/stats/trend.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"

namespace plimsoll::stats {
namespace {

std::vector<double> line(base::Random& random, std::size_t n, double slope, double rho = 0) {
  std::vector<double> values;
  double noise = random.normal();
  for (std::size_t i = 0; i < n; ++i) {
    values.push_back(slope * static_cast<double>(i) + noise);
    noise = rho * noise + std::sqrt(1 - rho * rho) * random.normal();
  }
  return values;
}

std::vector<double> steps(std::size_t n) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<double>(i);
  return x;
}

TEST(Trend, TheilSenIgnoresOutliers) {
  const std::vector<double> x = steps(7);
  const std::vector<double> y = {1, 3, 5, 1'000, 9, 11, 13};
  const Slope slope = theil_sen(x, y);
  EXPECT_DOUBLE_EQ(slope.slope, 2);
  EXPECT_DOUBLE_EQ(slope.intercept, 1);
  EXPECT_TRUE(slope.interval.contains(2));
}

TEST(Trend, TwoPointsHaveASlopeButNoInterval) {
  const Slope slope = theil_sen(steps(2), std::vector<double>{1, 4});
  EXPECT_EQ(slope.slope, 3);
  EXPECT_EQ(slope.interval.lo, -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(theil_sen(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3}).slope));
}

TEST(Trend, SensIntervalCovers) {
  base::Random random(20);
  int covered = 0;
  for (int i = 0; i < 1'000; ++i)
    covered += theil_sen(steps(25), line(random, 25, 0.1)).interval.contains(0.1);
  EXPECT_NEAR(covered / 1'000.0, 0.95, 0.02);
}

TEST(Trend, MannKendallIsTheTextbooks) {
  // S = 20 of 28 pairs, Var S = 8 * 7 * 21 / 18.
  const std::vector<double> values = {1, 2, 4, 3, 5, 8, 7, 6};
  const TrendTest test = mann_kendall(values);
  EXPECT_NEAR(test.tau, 20 / 28.0, 1e-12);
  if (test.variance_inflation == 1) {
    EXPECT_NEAR(test.p_two_sided, std::erfc(19 / std::sqrt(8 * 7 * 21 / 18.0) / std::sqrt(2.0)), 1e-12);
  }
  EXPECT_LT(test.p_increasing, 0.05);
}

TEST(Trend, ConstantsAndShortSeriesHaveNone) {
  EXPECT_EQ(mann_kendall(std::vector<double>(10, 2.0)).p_two_sided, 1);
  EXPECT_EQ(mann_kendall(std::vector<double>{1, 2, 3}).p_two_sided, 1);
}

// How often the test says "rising" at 5 % in series of 60 values.
double rises(base::Random& random, double slope, double rho) {
  int count = 0;
  for (int i = 0; i < 600; ++i) count += mann_kendall(line(random, 60, slope, rho)).p_increasing <= 0.05;
  return count / 600.0;
}

TEST(Trend, HoldsItsLevel) {
  base::Random random(21);
  EXPECT_LE(rises(random, 0, 0), 0.07);
  EXPECT_LE(rises(random, 0, 0.4), 0.12);  // without the correction: 0.17
  EXPECT_GE(rises(random, 0.03, 0), 0.9);
}

TEST(Trend, InflationWidensTheInterval) {
  base::Random random(22);
  const auto y = line(random, 40, 0.1);
  EXPECT_GT(theil_sen(steps(40), y, 0.95, 3).interval.width(), theil_sen(steps(40), y).interval.width());
}

RC_GTEST_PROP(Trend, FallingIsRisingMirrored, (const std::vector<int>& drawn)) {
  RC_PRE(drawn.size() >= 4 && drawn.size() < 40);
  std::vector<double> up(drawn.begin(), drawn.end());
  std::vector<double> down = up;
  for (double& value : down) value = -value;
  RC_ASSERT(std::abs(mann_kendall(up).tau + mann_kendall(down).tau) < 1e-12);
  RC_ASSERT(std::abs(mann_kendall(up).p_two_sided - mann_kendall(down).p_two_sided) < 1e-9);
}

}  // namespace
}  // namespace plimsoll::stats
