#include "plimsoll/model/statistic.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plimsoll::model {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const Samples kFour = {4, 1, 3, 2};

Stat stat(StatKind kind, double percent = 0) {
  return {kind, percent};
}

TEST(Statistic, OfSamplesTakesTheNearestRank) {
  EXPECT_EQ(statistic(kFour, stat(StatKind::median)), 2);
  EXPECT_EQ(statistic(kFour, stat(StatKind::percentile, 75)), 3);
  EXPECT_EQ(statistic(kFour, stat(StatKind::percentile, 75.1)), 4);
  EXPECT_EQ(statistic(kFour, stat(StatKind::percentile, 0)), 1);
  EXPECT_EQ(statistic(kFour, stat(StatKind::percentile, 100)), 4);
  EXPECT_EQ(statistic(kFour, stat(StatKind::min)), 1);
  EXPECT_EQ(statistic(kFour, stat(StatKind::max)), 4);
  EXPECT_EQ(statistic(kFour, stat(StatKind::mean)), 2.5);
  EXPECT_EQ(statistic(kFour, std::nullopt), 2.5);
  EXPECT_EQ(statistic(kFour, stat(StatKind::count)), 4);
  EXPECT_EQ(statistic(kFour, stat(StatKind::rate)), std::nullopt);
}

TEST(Statistic, OfAScalarIsThatOfOneSample) {
  for (const auto kind :
       {StatKind::percentile, StatKind::mean, StatKind::median, StatKind::min, StatKind::max}) {
    EXPECT_EQ(statistic(7.5, stat(kind, 95)), 7.5);
  }
  EXPECT_EQ(statistic(7.5, std::nullopt), 7.5);
  EXPECT_EQ(statistic(7.5, stat(StatKind::count)), 1);
}

TEST(Statistic, OfAProportionIsItsRate) {
  EXPECT_EQ(statistic(Proportion{1, 4}, std::nullopt), 0.25);
  EXPECT_EQ(statistic(Proportion{1, 4}, stat(StatKind::rate)), 0.25);
  EXPECT_EQ(statistic(Proportion{1, 4}, stat(StatKind::count)), 4);
  EXPECT_EQ(statistic(Proportion{1, 4}, stat(StatKind::percentile, 95)), std::nullopt);
}

TEST(Statistic, OfNothingIsNothing) {
  EXPECT_EQ(statistic(Samples{}, std::nullopt), std::nullopt);
  EXPECT_EQ(statistic(Proportion{}, std::nullopt), std::nullopt);
  EXPECT_EQ(statistic(base::Histogram{}, stat(StatKind::percentile, 50)), std::nullopt);
}

TEST(Statistic, KeepsWhatIsNotFinite) {
  EXPECT_TRUE(std::isnan(*statistic(Samples{1, NAN}, stat(StatKind::min))));
  EXPECT_EQ(statistic(Samples{1, kInfinity}, stat(StatKind::max)), kInfinity);
  EXPECT_EQ(statistic(Samples{1, kInfinity}, std::nullopt), kInfinity);
}

TEST(Statistic, CountsInfiniteOnesOfAHistogramAboveAll) {
  base::Histogram histogram;
  histogram.record(0.010, 90);
  histogram.record_infinite(10);
  EXPECT_NEAR(*statistic(histogram, stat(StatKind::percentile, 90)), 0.010, 1e-4);
  EXPECT_EQ(statistic(histogram, stat(StatKind::percentile, 91)), kInfinity);
  EXPECT_EQ(statistic(histogram, stat(StatKind::max)), kInfinity);
  EXPECT_EQ(statistic(histogram, std::nullopt), kInfinity);
  EXPECT_EQ(statistic(histogram, stat(StatKind::count)), 100);
}

RC_GTEST_PROP(Statistic, PercentileHasItsShareAtOrBelow, ()) {
  const auto samples = *rc::gen::nonEmpty<Samples>(rc::gen::container<Samples>(
      rc::gen::map(rc::gen::inRange(-50, 50), [](int x) { return static_cast<double>(x); })));
  const double percent = *rc::gen::inRange(0, 1001) / 10.0;
  const double value = *statistic(samples, stat(StatKind::percentile, percent));
  const auto below_or_at = std::ranges::count_if(samples, [&](double x) { return x <= value; });
  const auto below = std::ranges::count_if(samples, [&](double x) { return x < value; });
  const double wanted = percent / 100 * static_cast<double>(samples.size());
  RC_ASSERT(static_cast<double>(below_or_at) >= wanted - 1e-9);
  RC_ASSERT(below == 0 || static_cast<double>(below) < wanted + 1e-9);
}

TEST(Statistic, HasAUnitAndAName) {
  EXPECT_EQ(statistic_unit("seconds", stat(StatKind::count)), "count");
  EXPECT_EQ(statistic_unit("seconds", stat(StatKind::percentile, 95)), "seconds");
  EXPECT_EQ(statistic_unit("seconds", std::nullopt), "seconds");
  EXPECT_EQ(to_string(stat(StatKind::percentile, 95)), "p95");
  EXPECT_EQ(to_string(stat(StatKind::percentile, 99.9)), "p99.9");
  EXPECT_EQ(to_string(stat(StatKind::median)), "median");
}

}  // namespace
}  // namespace plimsoll::model
