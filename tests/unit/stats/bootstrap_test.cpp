#include "plimsoll/stats/bootstrap.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "plimsoll/stats/intervals.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::stats {
namespace {

// The mean of the values of the clusters that were drawn.
ClusterStatistic mean_of(const std::vector<double>& values) {
  return [&values](std::span<const std::size_t> clusters) {
    double sum = 0;
    for (const std::size_t cluster : clusters) sum += values[cluster];
    return sum / static_cast<double>(clusters.size());
  };
}

TEST(Bootstrap, AgreesWithTOnGaussianValues) {
  base::Random random(13);
  std::vector<double> values(100);
  for (double& value : values) value = 5 + random.normal();
  const Interval student = t_interval(values);
  for (const auto& result : {bootstrap_percentile(values.size(), mean_of(values), random),
                             bootstrap_bca(values.size(), mean_of(values), random)}) {
    EXPECT_NEAR(result.estimate, mean(values), 1e-12);
    EXPECT_NEAR(result.interval.lo, student.lo, 0.04);
    EXPECT_NEAR(result.interval.hi, student.hi, 0.04);
    EXPECT_EQ(result.clusters, 100U);
  }
}

TEST(Bootstrap, SameSeedSameInterval) {
  const std::vector<double> values = {1, 5, 2, 8, 3, 9};
  base::Random one(14);
  base::Random other(14);
  EXPECT_EQ(bootstrap_bca(6, mean_of(values), one).interval,
            bootstrap_bca(6, mean_of(values), other).interval);
}

TEST(Bootstrap, OneClusterSaysNothingOfOthers) {
  base::Random random(15);
  const std::vector<double> values = {4};
  const BootstrapResult result = bootstrap_bca(1, mean_of(values), random);
  EXPECT_EQ(result.estimate, 4);
  EXPECT_EQ(result.interval.hi, std::numeric_limits<double>::infinity());
}

TEST(Bootstrap, WithoutVariationTheIntervalIsAPoint) {
  base::Random random(16);
  const std::vector<double> values(10, 3.0);
  EXPECT_EQ(bootstrap_bca(10, mean_of(values), random).interval, (Interval{3, 3}));
  EXPECT_EQ(bootstrap_percentile(10, mean_of(values), random).interval, (Interval{3, 3}));
}

TEST(Bootstrap, BcaCoversSkewedMeansBetterThanPercentiles) {
  base::Random random(17);
  int by_percentile = 0;
  int by_bca = 0;
  constexpr int times = 400;
  for (int i = 0; i < times; ++i) {
    std::vector<double> values(25);
    for (double& value : values) value = random.exponential();
    const BootstrapOptions options{.resamples = 500};
    by_percentile += bootstrap_percentile(25, mean_of(values), random, options).interval.contains(1);
    by_bca += bootstrap_bca(25, mean_of(values), random, options).interval.contains(1);
  }
  EXPECT_GE(by_bca, 0.89 * times);
  EXPECT_GE(by_bca, by_percentile);
}

}  // namespace
}  // namespace plimsoll::stats
