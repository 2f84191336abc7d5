// What relative judgements share: a logarithm of head / base, signed so that larger is worse, becomes the
// judgement's effect, status and words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plimsoll/judges/judge.h"
#include "plimsoll/stats/intervals.h"
#include "plimsoll/stats/regression_test.h"

namespace plimsoll::judges {

// Of a regression or change rule; the defaults where the rule's check is none.
stats::RegressionBounds bounds_of(const model::Rule& rule);

// Of the number that is compared, signed so that larger is worse; nothing where there is no finite logarithm.
// Half an event is added to a share, so that 0 has one.
std::optional<double> worse_log(const model::Value& value, const std::optional<model::Stat>& stat,
                                model::Better better);

// The stats that a question asks about: p50 and p95 of a histogram where the rule names none.
std::vector<std::optional<model::Stat>> stats_of(const Question& question);

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
