// Judging a history that stands by itself, in order of time, NaN for what is missing: `bench changes` and
// `bench gate`.
#pragma once

#include <span>
#include <string>

#include "plimsoll/model/judgement.h"
#include "plimsoll/model/level_history.h"
#include "plimsoll/model/rule.h"

namespace plimsoll::judges {

// On logarithms, so that effects are ratios; on the values themselves where one of them is not above 0.
// (plimsoll/stats/change_points.h)
model::LevelHistory find_levels(std::string name, model::Better better, std::span<const double> values);

// Whether nothing was measured any more in the newest rows, as many as a level needs (stats::least_history):
// what was renamed or removed has no newest value to judge.
bool has_ended(std::span<const double> values);

// The newest value against the level before it (plimsoll/stats/newest_level.h): fail, warn or pass by
// `bounds`; inconclusive where it is missing, has too little history (too_few), is not above 0 (not_finite),
// or one value cannot tell a change from noise (undecided: run the benchmark again, add the row, ask again).
model::Judgement judge_newest_value(std::string name, model::Better better, std::span<const double> values,
                                    const model::Regression& bounds);

}  // namespace plimsoll::judges
