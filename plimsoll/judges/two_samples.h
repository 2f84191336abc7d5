// Head against base where each side is a sample of independent repeats: two result files, not two histories.
#pragma once

#include "plimsoll/judges/judge.h"

namespace plimsoll::judges {

// The question's head and base, merged to samples each; its rule is a regression. On logarithms, so that the
// effect is the ratio head / base: Mann–Whitney with the shift of Hodges and Lehmann from 10 values a side on
// (robust to the outliers that timings have), Welch's t below, where ranks cannot reach strict levels, and
// for samples so large that all pairs are too many. Fewer than two values a side: inconclusive (too_few).
model::Judgement judge_two_samples(const Question& question);

}  // namespace plimsoll::judges
