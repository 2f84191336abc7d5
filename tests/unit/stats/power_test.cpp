#include "plimsoll/stats/power.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "plimsoll/stats/intervals.h"

namespace plimsoll::stats {
namespace {

TEST(Power, TheDetectableChangeIsFoundAsOftenAsPromised) {
  base::Random random(18);
  const double cv = 0.05;
  const double sigma = std::sqrt(std::log1p(cv * cv));
  const double change = std::log1p(detectable_change_unpaired(8, cv));
  int found = 0;
  for (int i = 0; i < 4'000; ++i) {
    std::vector<double> baseline(8);
    for (double& value : baseline) value = sigma * random.normal();
    found += change + sigma * random.normal() > prediction_interval(baseline).hi;
  }
  EXPECT_NEAR(found / 4'000.0, 0.8, 0.025);
}

TEST(Power, PairsFindAsOftenAsPromised) {
  base::Random random(19);
  const double cv = 0.10;
  const double sigma = std::sqrt(2 * std::log1p(cv * cv));
  const double change = std::log1p(detectable_change_paired(6, cv));
  int found = 0;
  for (int i = 0; i < 4'000; ++i) {
    std::vector<double> ratios(6);
    for (double& ratio : ratios) ratio = change + sigma * random.normal();
    found += t_interval(ratios).lo > 0;
  }
  EXPECT_NEAR(found / 4'000.0, 0.8, 0.025);
}

TEST(Power, MoreRunsAndLessNoiseSeeMore) {
  EXPECT_LT(detectable_change_unpaired(20, 0.05), detectable_change_unpaired(5, 0.05));
  EXPECT_LT(detectable_change_unpaired(20, 0.02), detectable_change_unpaired(20, 0.05));
  EXPECT_LT(detectable_change_paired(20, 0.05), detectable_change_paired(5, 0.05));
  EXPECT_TRUE(std::isinf(detectable_change_unpaired(1, 0.05)));
  EXPECT_TRUE(std::isinf(detectable_change_paired(1, 0.05)));
}

TEST(Power, DifferenceOfSharesIsTheTextbooks) {
  // Fleiss 1981: 60 % against 70 %, 5 % two-sided, 90 % power needs 477 a side without correction for
  // continuity.
  EXPECT_NEAR(detectable_difference_of_shares(0.6, 477, 477, {.level = 0.025, .power = 0.9}), 0.1, 1e-3);
  EXPECT_TRUE(std::isinf(detectable_difference_of_shares(0.5, 2, 2)));
  EXPECT_TRUE(std::isinf(detectable_difference_of_shares(0.5, 0, 100)));
}

TEST(Power, CleanEventsNeededIsTheFirstThatPasses) {
  const double needed = clean_events_needed(0.001);
  EXPECT_NEAR(needed, 3'687, 1);
  EXPECT_LT(clopper_pearson(0, needed).hi, 0.001);
  EXPECT_GE(clopper_pearson(0, needed - 1).hi, 0.001);
}

}  // namespace
}  // namespace plimsoll::stats
