// `change`: does this run stand on a new level of its history?
#pragma once

#include <vector>

#include "plimsoll/judges/judge.h"

namespace plimsoll::judges {

// One judgement a stat, each of the family drift. The level before comes from the change points of all
// comparable runs (plimsoll/stats/newest_level.h); the newest two or three runs in a row must confirm the new
// one, by their order alone: p_fail and p_warn are P(so far out | nothing changed), whatever the tails of the
// noise. For the worse: fail or warn by the rule's bounds. For the better: a warning at most, where the
// series has a direction. What only one run says is learning: whether it is a change the next runs tell, and
// this run's own worsening is what a regression asks. Fewer than 10 earlier runs: learning. Where a
// run's value is not above 0 there is no ratio: a pass where all are equal, else inconclusive (not_finite).
std::vector<model::Judgement> judge_change(const Question& question);

}  // namespace plimsoll::judges
