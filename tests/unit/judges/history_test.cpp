#include "plimsoll/judges/history.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace plimsoll::judges {
namespace {

using model::Better;
using model::Status;

std::vector<double> about(double level, std::size_t n) {
  base::Random random(5);
  std::vector<double> values(n);
  for (double& value : values) value = level * std::exp(0.02 * random.normal());
  return values;
}

TEST(FindLevels, EffectsAreNewOverOld) {
  std::vector<double> values = about(100, 120);
  for (std::size_t i = 60; i < values.size(); ++i) values[i] *= 0.8;
  const model::LevelHistory levels = find_levels("x", Better::lower, values);
  ASSERT_EQ(levels.changes.size(), 1);
  EXPECT_EQ(levels.changes[0].index, 60);
  EXPECT_NEAR(*levels.changes[0].effect.estimate, 0.8, 0.02);
  EXPECT_FALSE(model::is_worse(levels.changes[0].effect, Better::lower));
  EXPECT_TRUE(model::is_worse(levels.changes[0].effect, Better::higher));
  ASSERT_EQ(levels.stretches.size(), 2U);
  EXPECT_EQ(levels.stretches[0].end, 60U);
  EXPECT_EQ(levels.stretches[1].end, values.size());
  EXPECT_NEAR(levels.stretches[0].level, 100, 2);
  EXPECT_NEAR(levels.stretches[1].level, 80, 2);
  EXPECT_LT(levels.stretches[1].low, levels.stretches[1].level);
  EXPECT_LT(levels.stretches[1].level, levels.stretches[1].high);
}

TEST(FindLevels, ValuesThatAreNotAboveZeroHaveDifferences) {
  std::vector<double> values = about(1, 80);
  for (std::size_t i = 0; i < 40; ++i) values[i] -= 1;
  const model::LevelHistory levels = find_levels("x", Better::lower, values);
  ASSERT_EQ(levels.changes.size(), 1);
  EXPECT_EQ(levels.changes[0].effect.kind, model::EffectKind::difference);
  EXPECT_NEAR(*levels.changes[0].effect.estimate, 1, 0.02);
}

TEST(JudgeNewestValue, KnowsWhichWayIsWorse) {
  std::vector<double> values = about(100, 40);
  values.back() = 70;
  EXPECT_EQ(judge_newest_value("x", Better::lower, values, {}).status, Status::pass);
  const model::Judgement worse = judge_newest_value("x", Better::higher, values, {});
  EXPECT_EQ(worse.status, Status::fail);
  EXPECT_NEAR(*worse.effect->estimate, 0.7, 0.02);
  EXPECT_LT(*worse.effect->low, *worse.effect->high);
  EXPECT_NEAR(*worse.bound, 1 / 1.2, 1e-9);
}

TEST(JudgeNewestValue, IsInconclusiveWhereItCannotTell) {
  std::vector<double> values = about(100, 40);
  EXPECT_EQ(judge_newest_value("x", Better::lower, std::span(values).first(8), {}).reason,
            model::Reason::too_few);
  values.back() = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(judge_newest_value("x", Better::lower, values, {}).reason, model::Reason::missing);
  values.back() = 0;
  EXPECT_EQ(judge_newest_value("x", Better::lower, values, {}).reason, model::Reason::not_finite);
  const std::vector<double> zeros(20, 0.0);
  EXPECT_EQ(judge_newest_value("x", Better::lower, zeros, {}).status, Status::pass);
}

TEST(HasEnded, AfterTenRowsWithoutAValue) {
  std::vector<double> values = about(100, 30);
  const double missing = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(has_ended(values));
  values.resize(39, missing);
  EXPECT_FALSE(has_ended(values));
  EXPECT_EQ(judge_newest_value("x", Better::lower, values, {}).status, Status::inconclusive);
  values.push_back(missing);
  EXPECT_TRUE(has_ended(values));
  EXPECT_FALSE(has_ended(std::vector<double>(9, missing)));
}

}  // namespace
}  // namespace plimsoll::judges
