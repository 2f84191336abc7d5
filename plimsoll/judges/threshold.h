// `p95 < 200ms`, `< 0.1%`, `mean > 0.75`, `none`: an absolute bound, judged on this run alone.
#pragma once

#include "plimsoll/judges/judge.h"

namespace plimsoll::judges {

// A percentile asks how many values lie beyond the bound, a rate how many events are bad: both are shares,
// tested exactly after deflation by the slices' design effect (EVIDENCE.md, "Threshold"; Clopper–Pearson
// 1934; Kish 1965). The interval shown for a percentile inverts that test. A mean is judged by Student's t
// over its values (over its slices where a slice holds many). One scalar, min, max and count are exact.
// `none` on a series is `= 0`.
model::Judgement judge_threshold(const Question& question);

}  // namespace plimsoll::judges
