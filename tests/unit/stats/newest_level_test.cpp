#include "plimsoll/stats/newest_level.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace plimsoll::stats {
namespace {

std::vector<double> history(std::size_t n, double spread = 0.02) {
  base::Random random(3);
  std::vector<double> values(n);
  for (double& value : values) value = spread * random.normal();
  return values;
}

GateStatus asked(const std::vector<double>& values) {
  return gate_status(judge_newest(values), 0.10, 0.20);
}

TEST(NewestLevel, AStepBeyondTheBoundFailsAtItsFirstValue) {
  std::vector<double> values = history(31);
  EXPECT_EQ(asked(values), GateStatus::pass);
  values.back() = std::log(1.35);
  EXPECT_EQ(asked(values), GateStatus::fail);
  EXPECT_TRUE(judge_newest(values).interval.contains(std::log(1.35)));
}

TEST(NewestLevel, AStepBetweenTheBoundsWarns) {
  std::vector<double> values = history(31);
  values.back() = std::log(1.16);
  EXPECT_EQ(asked(values), GateStatus::warn);
}

TEST(NewestLevel, AnImprovementPasses) {
  std::vector<double> values = history(31);
  values.back() = -0.5;
  EXPECT_EQ(asked(values), GateStatus::pass);
}

// Where outliers happen, one high value is one more of them; the next one confirms the change.
TEST(NewestLevel, WhereOutliersHappenItWaitsForTheNextValue) {
  std::vector<double> values = history(60);
  for (const std::size_t row : {10, 25, 40}) values[row] += 0.6;
  values.push_back(0.30);
  EXPECT_EQ(asked(values), GateStatus::pass);
  values.push_back(0.31);
  EXPECT_EQ(asked(values), GateStatus::fail);
  EXPECT_EQ(judge_newest(values).rows, 2);
}

TEST(NewestLevel, ALevelThatWasReachedLongAgoIsNoNews) {
  std::vector<double> values = history(80);
  for (std::size_t row = 40; row < values.size(); ++row) values[row] += 0.30;
  EXPECT_EQ(asked(values), GateStatus::pass);
}

TEST(NewestLevel, ASlowRampNeverMovesIt) {
  std::vector<double> values = history(400);
  for (std::size_t row = 0; row < values.size(); ++row) values[row] += 0.0001 * static_cast<double>(row);
  for (std::size_t n = 30; n <= values.size(); n += 10) {
    EXPECT_EQ(asked({values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n)}), GateStatus::pass)
        << n;
  }
}

TEST(NewestLevel, SaysWhatIsMissing) {
  std::vector<double> values = history(31);
  values.back() = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(asked(values), GateStatus::missing);
  EXPECT_EQ(asked(history(least_history)), GateStatus::too_few);
  EXPECT_EQ(asked({}), GateStatus::missing);
}

}  // namespace
}  // namespace plimsoll::stats
