#include "plimsoll/stats/regression_test.h"

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

std::vector<double> noise(base::Random& random, std::size_t n, double cv, double center = 0) {
  std::vector<double> values(n);
  for (double& value : values) value = center + cv * random.normal();
  return values;
}

TEST(RegressionTest, TheEstimateIsTheLogRatioToTheBaselinesMean) {
  const std::vector<double> baseline = {0.01, -0.01, 0.02, -0.02, 0};
  const RegressionResult result = unpaired_regression(baseline, std::log(1.3), {});
  EXPECT_NEAR(result.estimate, std::log(1.3), 1e-12);
  EXPECT_TRUE(result.interval.contains(std::log(1.3)));
  EXPECT_EQ(result.n_base, 5U);
}

TEST(RegressionTest, FewRunsSayNothing) {
  for (const auto& result :
       {unpaired_regression(std::vector<double>{1, 2}, 9, {}), unpaired_regression({}, 9, {}),
        paired_regression(std::vector<double>{9}), paired_regression({})}) {
    EXPECT_EQ(result.interval, (Interval{-infinity, infinity}));
    EXPECT_EQ(result.p_warn, 1);
    EXPECT_EQ(result.p_fail, 1);
    EXPECT_EQ(result.false_alarm_rate, 0);
    EXPECT_EQ(result.detectable, infinity);
  }
}

TEST(RegressionTest, ADoublingIsSeenAtOnce) {
  base::Random random(29);
  const auto baseline = noise(random, 20, 0.02);
  const RegressionResult result = unpaired_regression(baseline, std::log(2), {});
  EXPECT_EQ(regression_status(result.interval, {}), RegressionStatus::fail);
  EXPECT_LT(result.p_fail, 0.01);
  EXPECT_LT(result.p_warn, result.p_fail);
}

TEST(RegressionTest, AnOutlierInTheBaselineWidensTheInterval) {
  base::Random random(30);
  auto baseline = noise(random, 20, 0.02);
  const double calm = unpaired_regression(baseline, 0.3, {}).interval.width();
  baseline[7] += 1;
  EXPECT_GT(unpaired_regression(baseline, 0.3, {}).interval.width(), 4 * calm);
  EXPECT_EQ(regression_status(unpaired_regression(baseline, 0.3, {}).interval, {}),
            RegressionStatus::inconclusive);
}

TEST(RegressionTest, DriftWidensTheInterval) {
  base::Random random(31);
  auto baseline = noise(random, 20, 0.02);
  const RegressionResult still = unpaired_regression(baseline, 0, {});
  for (std::size_t i = 0; i < baseline.size(); ++i) baseline[i] -= 0.01 * static_cast<double>(i);
  const RegressionResult drifting = unpaired_regression(baseline, 0, {});
  EXPECT_GT(drifting.noise, 1.1 * stddev(baseline));
  EXPECT_GT(drifting.interval.width(), 3 * still.interval.width());
}

TEST(RegressionTest, WithoutNoiseTheFloorDecides) {
  const std::vector<double> baseline(20, 1.0);
  const RegressionResult same = unpaired_regression(baseline, 1.0, {});
  EXPECT_EQ(regression_status(same.interval, {}), RegressionStatus::pass);
  EXPECT_EQ(same.noise, noise_floor(0.10));
  EXPECT_EQ(regression_status(unpaired_regression(baseline, 1 + std::log(1.3), {}).interval, {}),
            RegressionStatus::fail);
  EXPECT_EQ(regression_status(paired_regression(std::vector<double>(6, std::log(1.3))).interval, {}),
            RegressionStatus::fail);
}

TEST(RegressionTest, StatusFollowsTheInterval) {
  const auto status = [](double lo, double hi) {
    return regression_status({std::log(lo), std::log(hi)}, {});
  };
  EXPECT_EQ(status(1.21, 1.5), RegressionStatus::fail);
  EXPECT_EQ(status(1.15, 1.5), RegressionStatus::warn);
  EXPECT_EQ(status(0.9, 1.19), RegressionStatus::pass);
  EXPECT_EQ(status(1.05, 1.19), RegressionStatus::pass);
  EXPECT_EQ(status(0.9, 1.21), RegressionStatus::inconclusive);
}

TEST(RegressionTest, PredictionIntervalsCover) {
  base::Random random(32);
  for (const std::size_t m : {5, 10, 20}) {
    int covered = 0;
    for (int i = 0; i < 2'000; ++i) {
      covered += unpaired_regression(noise(random, m, 0.05), 0.05 * random.normal(), {}).interval.contains(0);
    }
    EXPECT_GE(covered, 0.94 * 2'000) << m << " runs";
  }
}

TEST(RegressionTest, ThePromisedFalseAlarmRateIsHeld) {
  base::Random random(33);
  double promised = 0;
  int alarms = 0;
  for (int i = 0; i < 4'000; ++i) {
    const auto result =
        unpaired_regression(noise(random, 10, 0.05), 0.05 * random.normal(), {}, {.warn = 0.02});
    promised += result.false_alarm_rate;
    alarms += result.interval.lo > std::log(1.02);
  }
  EXPECT_LE(alarms, promised + 20);
}

TEST(RegressionTest, TheDetectableEffectIsFoundAsOftenAsPromised) {
  base::Random random(34);
  int found = 0;
  for (int i = 0; i < 2'000; ++i) {
    const auto baseline = noise(random, 20, 0.03);
    const double detectable = unpaired_regression(baseline, 0, {}).detectable;
    const auto result = unpaired_regression(baseline, detectable + 0.03 * random.normal(), {});
    found += regression_status(result.interval, {}) == RegressionStatus::fail;
  }
  EXPECT_NEAR(found / 2'000.0, 0.8, 0.06);
}

TEST(RegressionTest, PairsHoldTheirLevelAndCover) {
  base::Random random(35);
  for (const std::size_t pairs : {3, 6, 20}) {
    int covered = 0;
    int alarms = 0;
    for (int i = 0; i < 3'000; ++i) {
      const auto result = paired_regression(noise(random, pairs, 0.1, std::log(1.1)));
      covered += result.interval.contains(std::log(1.1));
      alarms += result.p_warn <= 0.01;
    }
    EXPECT_GE(covered, 0.94 * 3'000) << pairs << " pairs";
    EXPECT_LE(alarms, 0.016 * 3'000) << pairs << " pairs";
  }
}

RC_GTEST_PROP(RegressionTest, WorseHeadsAreNeverLessAlarming, (const std::vector<int>& drawn, int head)) {
  RC_PRE(drawn.size() >= 5 && drawn.size() < 30);
  std::vector<double> baseline(drawn.begin(), drawn.end());
  for (double& value : baseline) value /= 100;
  const double at = head / 100.0;
  const RegressionResult better = unpaired_regression(baseline, at, {});
  const RegressionResult worse = unpaired_regression(baseline, at + 0.1, {});
  RC_ASSERT(worse.p_fail <= better.p_fail);
  RC_ASSERT(worse.interval.lo > better.interval.lo);
  RC_ASSERT(better.p_warn <= better.p_fail);
  RC_ASSERT(better.interval.lo <= better.estimate && better.estimate <= better.interval.hi);
}

}  // namespace
}  // namespace plimsoll::stats
