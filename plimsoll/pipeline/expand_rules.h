// Rules meet evidence: every rule becomes one question for each group of series that it covers. Pure.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "plimsoll/judges/judge.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/rule.h"
#include "plimsoll/model/run.h"
#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::pipeline {

// What became of one planned probe, as rules need it.
struct ProbeState {
  model::ProbeRecord record;
  const plan::ProbeKind* kind = nullptr;
  bool skipped = false;  // left out by --only, --skip, a profile or the budget
};

// One question, and the probes whose series it covers (for choosing its baseline).
struct RuleQuestion {
  judges::Question question;
  std::vector<std::string> probes;
  bool not_run = false;  // every probe that could answer was left out
};

// The rule's `by`; without one, load rules keep scenarios apart and all others every label.
model::Selector effective_selector(const model::Rule& rule);

bool is_relative(const model::Rule& rule);  // regression or change: needs a baseline

// `series` is what this run has under the rule's selector, `findings` what the run found. A regression over a
// name pattern asks neither of what has no better direction nor, in bench, of a rate that follows from a time
// of the same benchmark: a series named in full is asked of in any case. A probe that could have fed the rule
// and did not (crashed, missing) becomes a blocked question of its own, so that nothing is passed over in
// silence.
std::vector<RuleQuestion> expand_rule(const model::Rule& rule, std::span<const model::SeriesData> series,
                                      std::span<const model::Finding> findings,
                                      std::span<const ProbeState> probes);

// The bounds of the plan's thresholds, as exact bucket edges for the probes.
std::vector<std::pair<std::string, double>> threshold_edges(std::span<const model::Rule> rules);

// The series that rules name in full: one that is only reported where somebody asks is asked for by these.
std::set<std::string> named_series(std::span<const model::Rule> rules);

}  // namespace plimsoll::pipeline
