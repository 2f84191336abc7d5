// Questions as the pipeline asks them, for the judges' tests.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "plimsoll/judges/judge.h"
#include "plimsoll/plan/rule_text.h"

namespace plimsoll::judges::testing {

using model::Judgement;
using model::Reason;
using model::Status;

inline Question ask(const std::string& rule, const std::string& unit,
                    model::Better better = model::Better::lower) {
  Question question;
  question.rule = plan::parse_rule(rule).value();
  question.series = {{question.rule.selector.name, {}}, unit, better};
  return question;
}

// A histogram of `good` values at `low` seconds and `bad` ones at `high`, in one slice.
inline model::Observation slice(double start, std::uint64_t good, double low, std::uint64_t bad, double high,
                                std::vector<double> edges = {}) {
  base::Histogram histogram(edges);
  histogram.record(low, good);
  if (bad > 0 && std::isinf(high)) histogram.record_infinite(bad);
  if (bad > 0 && !std::isinf(high)) histogram.record(high, bad);
  return {.slice_start = start, .slice_seconds = 1, .value = histogram};
}

inline model::Observation share(double start, std::uint64_t k, std::uint64_t n) {
  return {.slice_start = start, .slice_seconds = 1, .value = model::Proportion{k, n}};
}

inline Judgement only(const Question& question) {
  const std::vector<Judgement> judgements = judge(question, learn_noise(std::vector{question}));
  return judgements.size() == 1 ? judgements.front() : Judgement{.explanation = "not one judgement"};
}

}  // namespace plimsoll::judges::testing
