#include "plimsoll/stats/change_points.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace plimsoll::stats {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::vector<double> noise(std::size_t n, double spread, std::uint64_t seed = 1) {
  base::Random random(seed);
  std::vector<double> values(n);
  for (double& value : values) value = spread * random.normal();
  return values;
}

std::vector<double> with_step(std::vector<double> values, std::size_t row, double size) {
  for (std::size_t i = row; i < values.size(); ++i) values[i] += size;
  return values;
}

TEST(ChangePoints, FindsAStepWithItsSizeAndAnInterval) {
  const auto found = find_change_points(with_step(noise(200, 0.02), 120, 0.10));
  ASSERT_EQ(found.changes.size(), 1);
  EXPECT_NEAR(static_cast<double>(found.changes[0].index), 120, 2);
  EXPECT_NEAR(found.changes[0].shift, 0.10, 0.01);
  EXPECT_TRUE(found.changes[0].interval.contains(0.10));
  EXPECT_LT(found.changes[0].interval.width(), 0.03);
  ASSERT_EQ(found.levels.size(), 2);
  EXPECT_NEAR(found.levels[0], 0, 0.01);
  EXPECT_NEAR(found.noise, 0.02, 0.004);
}

TEST(ChangePoints, CountsMissingValuesInTheIndex) {
  std::vector<double> values = with_step(noise(200, 0.02), 120, 0.30);
  for (std::size_t i = 0; i < values.size(); i += 7) values[i] = missing;
  const auto found = find_change_points(values);
  ASSERT_EQ(found.changes.size(), 1);
  EXPECT_EQ(found.changes[0].index, 120);
  EXPECT_EQ(found.values, 171);
}

TEST(ChangePoints, OneOutlierIsNoChange) {
  std::vector<double> values = noise(200, 0.02);
  values[50] += 2;
  values[51] += 2;
  EXPECT_TRUE(find_change_points(values).changes.empty());
}

TEST(ChangePoints, ABumpIsTwoChanges) {
  auto values = with_step(with_step(noise(200, 0.02), 80, 0.2), 100, -0.2);
  const auto found = find_change_points(values);
  ASSERT_EQ(found.changes.size(), 2);
  EXPECT_GT(found.changes[0].shift, 0);
  EXPECT_LT(found.changes[1].shift, 0);
}

TEST(ChangePoints, ASlowRampIsDriftAndNotSteps) {
  std::vector<double> values = noise(500, 0.02);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += 0.0001 * static_cast<double>(i);
  const auto found = find_change_points(values);
  EXPECT_TRUE(found.changes.empty());
  ASSERT_TRUE(found.drift);
  EXPECT_TRUE(found.drift->interval.contains(0.0001));
  EXPECT_GT(found.drift->interval.lo, 0);
}

TEST(ChangePoints, AStepOnARampIsBoth) {
  std::vector<double> values = with_step(noise(500, 0.02), 300, 0.15);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += 0.0002 * static_cast<double>(i);
  const auto found = find_change_points(values);
  ASSERT_EQ(found.changes.size(), 1);
  EXPECT_NEAR(found.changes[0].shift, 0.15, 0.015);
  EXPECT_TRUE(found.drift);
}

// Instruction counts repeat to the last digit, so that every step that matters is one.
TEST(ChangePoints, ExactValuesStepOnce) {
  std::vector<double> values(60, 10.0);
  const auto found = find_change_points(with_step(values, 30, 0.005));
  ASSERT_EQ(found.changes.size(), 1);
  EXPECT_EQ(found.changes[0].index, 30);
  EXPECT_TRUE(find_change_points(values).changes.empty());
}

TEST(ChangePoints, TooFewValuesSayNothing) {
  for (std::size_t n = 0; n < 8; ++n) {
    const auto found = find_change_points(std::vector<double>(n, 1.0));
    EXPECT_TRUE(found.changes.empty());
    EXPECT_EQ(found.values, n);
  }
  EXPECT_TRUE(find_change_points(std::vector<double>(50, missing)).changes.empty());
}

}  // namespace
}  // namespace plimsoll::stats
