#include "base/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace base {
namespace {

using testing::MatchesRegex;

// Mean and variance of a hundred thousand draws.
template <class Draw>
std::pair<double, double> moments_of(Draw draw) {
  constexpr int kDraws = 100'000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = draw();
    sum += x;
    squares += x * x;
  }
  const double mean = sum / kDraws;
  return {mean, squares / kDraws - mean * mean};
}

// The first outputs of the authors' C program for the state that SplitMix64 makes of seed 0.
TEST(Random, IsTheGeneratorItSays) {
  Random random(0);
  EXPECT_EQ(random(), 0x99ec5f36cb75f2b4U);
  EXPECT_EQ(random(), 0xbf6e1f784956452aU);
  EXPECT_EQ(random(), 0x1a5f849d4933e6e0U);
}

TEST(Random, UniformHasItsMeanAndVariance) {
  Random random(1);
  const auto [mean, variance] = moments_of([&] { return random.uniform(); });
  EXPECT_NEAR(mean, 0.5, 0.005);
  EXPECT_NEAR(variance, 1.0 / 12, 0.002);
}

TEST(Random, NormalHasItsMeanAndVariance) {
  Random random(2);
  const auto [mean, variance] = moments_of([&] { return random.normal(); });
  EXPECT_NEAR(mean, 0, 0.02);
  EXPECT_NEAR(variance, 1, 0.03);
}

TEST(Random, ExponentialHasItsMeanAndVariance) {
  Random random(3);
  const auto [mean, variance] = moments_of([&] { return random.exponential(); });
  EXPECT_NEAR(mean, 1, 0.02);
  EXPECT_NEAR(variance, 1, 0.06);
}

RC_GTEST_PROP(Random, BelowStaysBelow, (std::uint64_t seed, std::uint64_t n)) {
  RC_PRE(n > 0U);
  RC_ASSERT(Random(seed).below(n) < n);
}

TEST(Random, BelowIsEven) {
  Random random(4);
  std::array<int, 6> seen{};
  for (int i = 0; i < 60'000; ++i) ++seen[random.below(6)];
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 500);  // five standard deviations
}

TEST(Random, SplitsIntoStreamsThatDoNotMeet) {
  Random parent(5);
  Random child = parent.split();
  Random grandchild = child.split();
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert({parent(), child(), grandchild()});
  EXPECT_EQ(seen.size(), 3'000U);
}

RC_GTEST_PROP(Random, ShuffleKeepsTheItems, (std::uint64_t seed, std::vector<int> items)) {
  auto shuffled = items;
  Random(seed).shuffle(std::span<int>(shuffled));
  std::ranges::sort(shuffled);
  std::ranges::sort(items);
  RC_ASSERT(shuffled == items);
}

TEST(Entropy, GivesUuidsAndHexThatDiffer) {
  const auto uuid = random_uuid();
  EXPECT_THAT(uuid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(uuid, random_uuid());
  EXPECT_THAT(random_hex(16), MatchesRegex("[0-9a-f]{32}"));
  EXPECT_NE(random_hex(16), random_hex(16));
  EXPECT_EQ(random_hex(0), "");
  EXPECT_NE(entropy_seed(), entropy_seed());
}

}  // namespace
}  // namespace base
