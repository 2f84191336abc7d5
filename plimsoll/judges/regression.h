// Relative judgements: this run against its baseline, or head against base in interleaved blocks.
#pragma once

#include "plimsoll/judges/judge.h"

namespace plimsoll::judges {

// Unpaired: a prediction interval on the logs of the baseline runs' statistics
// (plimsoll/stats/regression_test.h); fewer than 5 runs: learning. With an anchor the worse of both
// comparisons counts, its p-values doubled (Bonferroni). Paired: where the question has a base side,
// Student's t on the blocks' log ratios. A proportion is compared as (k + ½)/(n + 1). Counted instructions:
// judge_counted.
std::vector<model::Judgement> judge_regression(const Question& question, const stats::NoiseShape& noise);

}  // namespace plimsoll::judges
