#include "plimsoll/stats/quantiles.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"

namespace plimsoll::stats {
namespace {

const std::vector<double> ten = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

TEST(Quantiles, NearestRankIsAValueThatWasSeen) {
  EXPECT_EQ(nearest_rank(ten, 0.5), 5);
  EXPECT_EQ(nearest_rank(ten, 0.51), 6);
  EXPECT_EQ(nearest_rank(ten, 0), 1);
  EXPECT_EQ(nearest_rank(ten, 1), 10);
}

TEST(Quantiles, NearestRankIsNotMovedByRounding) {
  std::vector<double> hundred(100);
  for (std::size_t i = 0; i < 100; ++i) hundred[i] = static_cast<double>(i + 1);
  for (int percent = 1; percent <= 100; ++percent) EXPECT_EQ(nearest_rank(hundred, percent / 100.0), percent);
}

TEST(Quantiles, Type7Interpolates) {
  EXPECT_DOUBLE_EQ(quantile(ten, 0.25), 3.25);
  EXPECT_DOUBLE_EQ(quantile(ten, 0.9), 9.1);
  EXPECT_DOUBLE_EQ(median(ten), 5.5);
}

TEST(Quantiles, InfinitiesAreOrdinaryValues) {
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<double> values = {1, 2, inf, inf};
  EXPECT_EQ(quantile(values, 1), inf);
  EXPECT_EQ(quantile(values, 0.9), inf);
  EXPECT_EQ(quantile(values, 0), 1);
  EXPECT_EQ(mean(values), inf);
}

TEST(Quantiles, OfNothingAreNaN) {
  const std::vector<double> none;
  for (const double x : {nearest_rank(none, 0.5), quantile(none, 0.5), median(none), mean(none),
                         variance(none), scaled_mad(none), lag1_autocorrelation(none)}) {
    EXPECT_TRUE(std::isnan(x));
  }
  EXPECT_TRUE(std::isnan(stddev(std::vector<double>{1})));
}

TEST(Quantiles, MeanAndVarianceSurviveLargeOffsets) {
  const std::vector<double> values = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
  EXPECT_DOUBLE_EQ(mean(values), 1e9 + 10);
  EXPECT_DOUBLE_EQ(variance(values), 30);
  EXPECT_DOUBLE_EQ(mean(std::vector<double>{1e100, 1, -1e100}), 1.0 / 3);
}

TEST(Quantiles, ScaledMadIgnoresOutliers) {
  base::Random random(1);
  std::vector<double> values;
  for (int i = 0; i < 10'000; ++i) values.push_back(i % 20 == 0 ? 1e6 : 3 * random.normal());
  EXPECT_NEAR(scaled_mad(values), 3, 0.4);
}

TEST(Quantiles, LogsOfWhatHasNoneAreNaN) {
  EXPECT_DOUBLE_EQ(logs(std::vector<double>{std::exp(2.0)})[0], 2);
  EXPECT_TRUE(std::isnan(logs(std::vector<double>{0})[0]));
  EXPECT_TRUE(std::isnan(logs(std::vector<double>{-1})[0]));
}

TEST(Quantiles, AutocorrelationIsNearlyUnbiasedOnShortSeries) {
  base::Random random(2);
  for (const double rho : {0.0, 0.5}) {
    double sum = 0;
    for (int series = 0; series < 4'000; ++series) {
      std::vector<double> values = {random.normal()};
      while (values.size() < 20) {
        values.push_back(rho * values.back() + std::sqrt(1 - rho * rho) * random.normal());
      }
      sum += lag1_autocorrelation(values);
    }
    EXPECT_NEAR(sum / 4'000, rho, 0.06);
  }
}

RC_GTEST_PROP(Quantiles, LieBetweenTheExtremesAndGrow, (const std::vector<int>& drawn)) {
  RC_PRE(!drawn.empty());
  const std::vector<double> ascending = sorted(std::vector<double>(drawn.begin(), drawn.end()));
  double before = ascending.front();
  for (double p = 0; p <= 1; p += 0.05) {
    const double q = quantile(ascending, p);
    RC_ASSERT(q >= before);
    RC_ASSERT(std::ranges::binary_search(ascending, nearest_rank(ascending, p)));
    before = q;
  }
  RC_ASSERT(before <= ascending.back());
}

}  // namespace
}  // namespace plimsoll::stats
