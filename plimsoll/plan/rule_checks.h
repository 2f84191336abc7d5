// Rules held against the probes that are planned: what can never be judged is a mistake in the plan, not a
// result.
#pragma once

#include <span>
#include <string_view>

#include "plimsoll/model/rule.h"
#include "plimsoll/plan/plan.h"
#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan {

// Errors, at the rule's place or its bound's: no planned probe can feed the selector; the bound's unit is not
// the series'; a share above 100 %; a check that its kind of evidence does not have; a field or severity that
// findings do not have.
base::Status check_rules(std::span<const model::Rule> rules, std::span<const ProbePlan> probes,
                         std::span<const ProbeKind> kinds);

// Whether some name is covered by both patterns.
bool patterns_overlap(std::string_view a, std::string_view b);

}  // namespace plimsoll::plan
