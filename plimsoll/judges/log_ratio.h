// What relative judgements share: a logarithm of head / base, signed so that larger is worse, becomes the
// judgement's effect, status and words.
#pragma once

#include <optional>
#include <span>
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

// Whether each of the runs that hold the statistic has such a logarithm. What is there but not above 0 (a
// counter's 0) is no gap: without it the few other runs would be taken for the whole.
bool have_logarithms(std::span<const BaselineValue> runs, const std::optional<model::Stat>& stat);

// The stats that a question asks about: p50 and p95 of a histogram where the rule names none.
std::vector<std::optional<model::Stat>> stats_of(const Question& question);

// "12 % worse", "3 % better".
std::string percent_worse(double log_ratio);

// "NAME is 3 ms; 4 of 10 comparable runs known, so it is learning". For after the judgement's value, as is
// the next one.
model::Judgement& set_learning(model::Judgement& judgement, const std::string& name, std::size_t runs,
                               std::size_t needed);

// Where this run or one of the baseline is not above 0: a pass where the value is as in every run before (a
// count that always was 0 and still is has not changed), else inconclusive, since there is no ratio to judge.
model::Judgement& set_without_ratio(model::Judgement& judgement, const Question& question,
                                    const std::optional<model::Stat>& stat, const std::string& name);

// Sets effect, bound, status and reason. Effect and bound are the ratio head / base as it stands in
// INTERFACES: above 1 is more, whichever way is better.
void judge_log_ratio(model::Judgement& judgement, const Question& question, double estimate,
                     const stats::Interval& interval);

// "NAME is 3 ms, 12 % worse than THAN (95 %: 8 % worse to 16 % worse)", with a reason where it is undecided.
// For after judge_log_ratio.
std::string ratio_sentence(const model::Judgement& judgement, const std::string& name, double estimate,
                           const stats::Interval& interval, const std::string& than);

}  // namespace plimsoll::judges
