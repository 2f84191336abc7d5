// Where does the level of a history change? Steps, their size with an interval, and slow drift, told apart.
//
// The method, in order:
// 1. Missing values are left out; what stands far from the median of its neighbourhood is drawn in
//    (history_noise.h), so that no single outlier makes a level. A step keeps its edge, as under any running
//    median.
// 2. Noise and its autocorrelation are estimated from differences, which a few steps cannot move.
// 3. Steps by narrowest-over-threshold among seeded intervals, pruned backwards (level_search.h); the
//    variance of a mean is inflated by the autocorrelation.
// 4. The same on a ramp (ramp_pruning.h): whichever of "levels" and "levels on a slow ramp" explains the
//    history better for its number of steps is kept. Steeper than 5 % in a hundred values is not slow: such a
//    ramp, and one that begins within the history, is told as the steps that it comes to.
// 5. Each place is moved to where the density of the noise, as the residuals show it, makes the history most
//    likely (step_location.h): sharp where noise has two modes, heavy tails or a memory.
// False alarms, recall and the coverage of the intervals are held by simulation: tests/power, docs/drift.md.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "plimsoll/stats/intervals.h"

namespace plimsoll::stats {

struct ChangePoint {
  std::size_t index = 0;   // the first value of the new level; missing ones counted
  double shift = 0;        // new level - old level
  Interval interval = {};  // of the shift, 95 % two-sided
};

// A slow ramp under the levels.
struct Drift {
  double slope = 0;        // per value, missing ones counted
  Interval interval = {};  // 95 % two-sided
};

struct Segmentation {
  std::vector<ChangePoint> changes;  // ascending
  std::vector<double> levels;  // one more than changes; value r of stretch i is about levels[i] + slope r
  std::vector<double> level_errors;  // standard error of each level's mean
  std::optional<Drift> drift;        // where one is certain
  double noise = 0;                  // standard deviation of a value about its level, outliers drawn in
  double autocorrelation = 0;        // of neighbouring values, in [0, 0.8]
  std::size_t values = 0;            // that are not missing
};

struct ChangePointOptions {
  double threshold = 4.2;      // standard errors that a step must pass
  std::size_t least = 4;       // values of the shortest level
  double resolution = 2.5e-4;  // noise is never taken to be less: smaller steps do not matter
};

// Values in order of time (logarithms, where effects are ratios); NaN is missing, all others are finite.
// Fewer than 2 `least` values have no change. Deterministic, thread-safe; time n log n.
Segmentation find_change_points(std::span<const double> values, const ChangePointOptions& options = {});

}  // namespace plimsoll::stats
