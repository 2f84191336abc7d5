#include "plimsoll/stats/design_effect.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "plimsoll/stats/intervals.h"

namespace plimsoll::stats {
namespace {

// Slices of 100 events; the share of each is `usual`, or `bad` in one slice of ten.
std::vector<SliceCount> slices(base::Random& random, double usual, double bad) {
  std::vector<SliceCount> result(30);
  for (SliceCount& slice : result) {
    const double share = random.uniform() < 0.1 ? bad : usual;
    slice.n = 100;
    for (int i = 0; i < 100; ++i) slice.k += random.uniform() < share;
  }
  return result;
}

TEST(DesignEffect, IsOneWhereNoneOrAllViolate) {
  EXPECT_EQ(design_effect(std::vector<SliceCount>(30, {0, 100})), 1);
  EXPECT_EQ(design_effect(std::vector<SliceCount>(30, {100, 100})), 1);
}

TEST(DesignEffect, IsOneForTooFewSlices) {
  EXPECT_EQ(design_effect({}), 1);
  EXPECT_EQ(design_effect(std::vector<SliceCount>{{5, 100}}), 1);
  EXPECT_EQ(design_effect(std::vector<SliceCount>{{5, 100}, {0, 0}}), 1);
}

TEST(DesignEffect, IsTheWholeSliceWhereAllOfItViolatesTogether) {
  // Of 30 slices 15 violate wholly: each says as much as one event.
  std::vector<SliceCount> halves;
  for (int i = 0; i < 30; ++i) halves.push_back({i % 2 == 0 ? 100.0 : 0.0, 100.0});
  EXPECT_NEAR(design_effect(halves), 100 * 30.0 / 29, 1e-9);
  EXPECT_NEAR(effective_count(halves).n, 29, 1e-9);
}

TEST(DesignEffect, IsNearOneForIndependentEvents) {
  base::Random random(6);
  double sum = 0;
  for (int i = 0; i < 500; ++i) sum += design_effect(slices(random, 0.05, 0.05));
  EXPECT_NEAR(sum / 500, 1.1, 0.1);  // the maximum with 1 lifts it a little
}

TEST(DesignEffect, MakesIntervalsOfBurstsHonest) {
  base::Random random(7);
  int naive = 0;
  int honest = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto burst = slices(random, 0.01, 0.2);
    const double truth = 0.9 * 0.01 + 0.1 * 0.2;
    const EffectiveCount count = effective_count(burst);
    honest += clopper_pearson(count.k, count.n).contains(truth);
    naive += clopper_pearson(count.k * count.design_effect, count.n * count.design_effect).contains(truth);
  }
  EXPECT_LT(naive, 650);
  EXPECT_GT(honest, 880);
}

RC_GTEST_PROP(DesignEffect, KeepsTheShareAndNeverAddsEvents, ()) {
  std::vector<SliceCount> drawn;
  double k = 0;
  double n = 0;
  for (int i = *rc::gen::inRange(0, 40); i > 0; --i) {
    const int size = *rc::gen::inRange(0, 1'000);
    drawn.push_back({static_cast<double>(*rc::gen::inRange(0, size + 1)), static_cast<double>(size)});
    k += drawn.back().k;
    n += drawn.back().n;
  }
  const EffectiveCount count = effective_count(drawn);
  RC_ASSERT(count.design_effect >= 1);
  RC_ASSERT(count.k <= count.n && count.n <= n);
  if (n > 0) RC_ASSERT(std::abs(count.k / count.n - k / n) < 1e-9);
}

}  // namespace
}  // namespace plimsoll::stats
