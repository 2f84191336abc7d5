#include "plimsoll/stats/multiple_testing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"

namespace plimsoll::stats {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

auto near(double x) {
  return DoubleNear(x, 1e-12);
}

TEST(MultipleTesting, HolmStepsDown) {
  const std::vector<double> p = {0.01, 0.04, 0.03, 0.005};
  EXPECT_THAT(holm(p), ElementsAre(near(0.03), near(0.06), near(0.06), near(0.02)));
}

TEST(MultipleTesting, BenjaminiHochbergStepsUp) {
  const std::vector<double> p = {0.01, 0.04, 0.03, 0.005};
  EXPECT_THAT(benjamini_hochberg(p), ElementsAre(near(0.02), near(0.04), near(0.04), near(0.02)));
}

TEST(MultipleTesting, NaNIsNoEvidence) {
  const std::vector<double> p = {std::numeric_limits<double>::quiet_NaN(), 0.01};
  EXPECT_THAT(holm(p), ElementsAre(near(1), near(0.02)));
  EXPECT_THAT(benjamini_hochberg(p), ElementsAre(near(1), near(0.02)));
}

TEST(MultipleTesting, OfNothingIsNothing) {
  EXPECT_TRUE(holm({}).empty());
  EXPECT_TRUE(benjamini_hochberg({}).empty());
}

TEST(MultipleTesting, HoldTheFamilysLevel) {
  base::Random random(12);
  int by_holm = 0;
  int by_bh = 0;
  for (int family = 0; family < 4'000; ++family) {
    std::vector<double> p(50);
    for (double& value : p) value = random.uniform();
    by_holm += std::ranges::min(holm(p)) <= 0.05;
    by_bh += std::ranges::min(benjamini_hochberg(p)) <= 0.05;
  }
  EXPECT_NEAR(by_holm / 4'000.0, 0.05, 0.012);
  EXPECT_NEAR(by_bh / 4'000.0, 0.05, 0.012);
}

RC_GTEST_PROP(MultipleTesting, AdjustedValuesKeepOrderAndNeverShrink, ()) {
  const auto drawn = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1'000'001));
  std::vector<double> p(drawn.begin(), drawn.end());
  for (double& value : p) value /= 1e6;
  const auto strict = holm(p);
  const auto loose = benjamini_hochberg(p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    RC_ASSERT(strict[i] >= loose[i] * (1 - 1e-12) && loose[i] >= p[i] * (1 - 1e-12) && strict[i] <= 1);
    for (std::size_t j = 0; j < p.size(); ++j) {
      if (p[i] < p[j]) RC_ASSERT(strict[i] <= strict[j] && loose[i] <= loose[j]);
    }
  }
}

}  // namespace
}  // namespace plimsoll::stats
