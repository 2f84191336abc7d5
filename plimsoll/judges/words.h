// What every judge's judgement starts from, and how numbers read in its sentence.
#pragma once

#include <string>

#include "plimsoll/judges/judge.h"

namespace plimsoll::judges {

// Rule, series, level, because, owner, the digest of the inputs and of the baseline's runs the newest 20
// filled in; inconclusive for no reason yet.
model::Judgement begin_judgement(const Question& question);

// The judgement with this status where the rule is violated: what the rule's level says.
model::Status violated(const model::Rule& rule);

model::Judgement& set_inconclusive(model::Judgement& judgement, model::Reason reason,
                                   std::string explanation);

// "p95 of load.latency{scenario=basic}"; without a stat the series alone.
std::string subject_of(const model::Judgement& judgement, const std::optional<model::Stat>& stat);

}  // namespace plimsoll::judges
