// `fresh within 1h`: evidence that is too old is not evidence.
#pragma once

#include "plimsoll/judges/judge.h"

namespace plimsoll::judges {

// By the end of the newest slice against Question::now. Too old: inconclusive (stale).
model::Judgement judge_fresh(const Question& question);

}  // namespace plimsoll::judges
