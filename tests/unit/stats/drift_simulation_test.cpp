// Promises of change_points.h and newest_level.h, on fixed seeds and few histories; docs/drift.md has the
// table of many (tests/power/drift_table.cpp).
#include <gtest/gtest.h>

#include "tests/power/drift_scores.h"

namespace plimsoll::power {
namespace {

TEST(DriftSimulation, FalseAlarmsAreRareInEveryNoise) {
  for (const NamedNoise& noise : history_noises) {
    base::Random random(101);
    DriftScore score;
    for (int i = 0; i < 40; ++i) score += score_changes(unchanged(noise.noise, 400, random));
    EXPECT_LE(score.false_alarms_per_100(), 0.1) << noise.name;
  }
}

TEST(DriftSimulation, StepsAreFoundWhereTheyAre) {
  DriftScore pooled;
  for (const NamedNoise& noise : history_noises) {
    base::Random random(102);
    DriftScore score;
    for (int i = 0; i < 40; ++i) score += score_changes(stepping(noise.noise, 400, far_apart, random));
    EXPECT_GE(score.recall(), 0.88) << noise.name;
    EXPECT_LE(score.false_alarms_per_100(), 0.1) << noise.name;
    EXPECT_GE(static_cast<double>(score.intervals_that_cover), 0.85 * static_cast<double>(score.matched))
        << noise.name;
    pooled += score;
  }
  EXPECT_GE(pooled.f1(), 0.93);
}

TEST(DriftSimulation, ARampIsNamedAndNeverASetOfSteps) {
  base::Random random(103);
  DriftScore score;
  for (int i = 0; i < 40; ++i) score += score_changes(unchanged(Noise::drift, 500, random));
  EXPECT_GE(score.with_trend, 38);
  EXPECT_LE(score.found, 2);
}

TEST(DriftSimulation, ConfirmationByOrderHoldsItsLevelWhateverTheTails) {
  constexpr int judged = 2000;
  for (const Noise noise : {Noise::gaussian, Noise::heavy_tailed, Noise::bimodal, Noise::outliers}) {
    base::Random random(105);
    int at_5 = 0;
    int at_1 = 0;
    for (int i = 0; i < judged; ++i) {
      const double p = stats::judge_newest(unchanged(noise, 41, random).logs).confirmed.p;
      at_5 += p <= 0.05 ? 1 : 0;
      at_1 += p <= 0.01 ? 1 : 0;
    }
    EXPECT_LE(at_5, judged * 5 / 100) << static_cast<int>(noise);
    EXPECT_LE(at_1, judged / 100) << static_cast<int>(noise);
  }
}

TEST(DriftSimulation, TheGateIsQuietUntilSomethingChanged) {
  for (const NamedNoise& noise : history_noises) {
    base::Random random(104);
    GateScore score;
    for (int i = 0; i < 400; ++i) score_unchanged(unchanged(noise.noise, 31, random), score);
    for (int i = 0; i < 150; ++i) score_planted(unchanged(noise.noise, 34, random), score);
    EXPECT_LE(score.fail, std::max(score.judged / 200, score.naive / 2 + 2)) << noise.name;
    EXPECT_LE(score.fail + score.warn, score.judged / 40 + 2) << noise.name;
    EXPECT_LE(score.unconfirmed, score.judged / 20) << noise.name;
    EXPECT_GE(score.big_within, score.planted * 93 / 100) << noise.name;
    const bool clean = noise.noise == Noise::gaussian || noise.noise == Noise::drift;
    if (clean || noise.noise == Noise::autocorrelated)
      EXPECT_GE(score.big_first, score.planted * 9 / 10) << noise.name;
    if (clean) EXPECT_GE(score.small_within, score.planted * 9 / 10) << noise.name;
  }
}

}  // namespace
}  // namespace plimsoll::power
