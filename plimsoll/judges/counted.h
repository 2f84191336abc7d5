// A regression of what repeats exactly: instructions, counted and not timed. It needs no statistics and is
// decided from one earlier run.
#pragma once

#include "plimsoll/judges/judge.h"

namespace plimsoll::judges {

// Of the unit `instructions`.
bool is_counted(const model::Series& series);

// The rule's regression on such a series: head against the base side, else against the newest run of the
// baseline and against the oldest that counts (so that small steps add up), whichever is worse. The interval
// spans what was counted on both sides; it is a point where the program does the same each time. No p-values:
// it is no part of the family. Without an earlier run: learning.
model::Judgement judge_counted(const Question& question);

}  // namespace plimsoll::judges
