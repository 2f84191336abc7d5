// `service.memory slope < 1MiB/h`: how fast a series rises within this run. The judge of leaks.
#pragma once

#include "plimsoll/judges/judge.h"

namespace plimsoll::judges {

// The value of each slice over its middle in time, by stats/rise.h: the slope of the longest tail of the run
// that rises evenly, with a 95 % interval that knows autocorrelation. Value, bound and effect are per hour.
// Whole interval within the bound: pass. Beyond it: violated, unless the rise levels off or is one jump (then
// undecided, saying so). Fewer than 24 slices: inconclusive (too_few). P(violated | no rise) is at most
// 2.5 %, held in simulation on noise, saw teeth, caches that fill, and jumps (docs/load.md has the table).
model::Judgement judge_slope(const Question& question);

}  // namespace plimsoll::judges
