// What relative judgements share: a logarithm of head / base, signed so that larger is worse, becomes the
// judgement's effect, status and words.
#pragma once

#include <string>

#include "plimsoll/judges/judge.h"
#include "plimsoll/stats/intervals.h"
#include "plimsoll/stats/regression_test.h"

namespace plimsoll::judges {

// Of a regression rule; the defaults where the rule's check is none.
stats::RegressionBounds bounds_of(const model::Rule& rule);

// "12 % worse", "3 % better".
std::string percent_worse(double log_ratio);

// Sets effect, bound, status and reason. Effect and bound are the ratio head / base as it stands in
// INTERFACES: above 1 is more, whichever way is better.
void judge_log_ratio(model::Judgement& judgement, const Question& question, double estimate,
                     const stats::Interval& interval);

// "NAME is 3 ms, 12 % worse than THAN (95 %: 8 % worse to 16 % worse)", with a reason where it is undecided.
// For after judge_log_ratio.
std::string ratio_sentence(const model::Judgement& judgement, const std::string& name, double estimate,
                           const stats::Interval& interval, const std::string& than);

}  // namespace plimsoll::judges
