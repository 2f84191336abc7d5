// `ratchet`: never worse than the newest baseline run.
#pragma once

#include "plimsoll/judges/judge.h"

namespace plimsoll::judges {

// Compares exactly, so it is for counts and findings, not for timings. Without a baseline: learning.
model::Judgement judge_ratchet(const Question& question);

}  // namespace plimsoll::judges
