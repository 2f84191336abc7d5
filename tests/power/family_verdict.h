// The verdict over one simulated family, as EVIDENCE defines it: Holm at 1 % for fail, Benjamini-Hochberg at
// 5 % for warn.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "plimsoll/stats/multiple_testing.h"
#include "plimsoll/stats/noise_shape.h"
#include "plimsoll/stats/regression_test.h"
#include "tests/power/noise_models.h"

namespace plimsoll::power {

inline constexpr double fail_level = 0.01;
inline constexpr double warn_level = 0.05;

// An alarm needs both: its interval beyond the bound, and a p-value that survives its family.
inline stats::RegressionStatus status_in_family(const stats::Interval& interval, double adjusted_warn,
                                                double adjusted_fail, stats::RegressionBounds bounds) {
  using enum stats::RegressionStatus;
  if (interval.lo > std::log1p(bounds.fail) && adjusted_fail <= fail_level) return fail;
  if (interval.lo > std::log1p(bounds.warn) && adjusted_warn <= warn_level) return warn;
  return interval.hi < std::log1p(bounds.fail) ? pass : inconclusive;
}

inline std::vector<stats::RegressionStatus> family_statuses(std::span<const stats::RegressionResult> results,
                                                            stats::RegressionBounds bounds = {}) {
  std::vector<double> p_warn;
  std::vector<double> p_fail;
  for (const auto& result : results) {
    p_warn.push_back(result.p_warn);
    p_fail.push_back(result.p_fail);
  }
  const auto warn = stats::benjamini_hochberg(p_warn);
  const auto fail = stats::holm(p_fail);
  std::vector<stats::RegressionStatus> statuses;
  for (std::size_t i = 0; i < results.size(); ++i) {
    statuses.push_back(status_in_family(results[i].interval, warn[i], fail[i], bounds));
  }
  return statuses;
}

inline stats::NoiseShape shape_of(const Family& family) {
  std::vector<std::span<const double>> baselines;
  for (const auto& values : family) baselines.push_back(std::span(values).subspan(1));
  return stats::fit_noise_shape(baselines, stats::noise_floor(stats::RegressionBounds{}.warn));
}

// Run 0 of every series against the others.
inline std::vector<stats::RegressionResult> judge_unpaired(const Family& family,
                                                           const stats::NoiseShape& shape) {
  std::vector<stats::RegressionResult> results;
  for (const auto& values : family) {
    results.push_back(stats::unpaired_regression(std::span(values).subspan(1), values[0], shape));
  }
  return results;
}

inline std::vector<stats::RegressionResult> judge_unpaired(const Family& family) {
  return judge_unpaired(family, shape_of(family));
}

}  // namespace plimsoll::power
