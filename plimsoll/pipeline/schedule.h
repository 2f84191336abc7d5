// What will run: the plan's probes after --only, --skip, --profile and --budget, and how long they take.
// Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/model/judgement.h"
#include "plimsoll/plan/plan.h"
#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::pipeline {

struct Choice {
  std::vector<std::string> only;  // kinds or probe names; empty: all
  std::vector<std::string> skip;
  std::string profile;
  std::chrono::nanoseconds budget = {};  // 0: none
};

struct ScheduledProbe {
  const plan::ProbePlan* probe = nullptr;
  bool selected = true;
  std::string why_not;  // "--skip load", "the budget of 5m was spent"
};

struct Schedule {
  std::vector<ScheduledProbe> probes;      // every probe of the plan, in its order
  std::chrono::nanoseconds expected = {};  // of the selected ones, as far as they say
  bool partial = false;                    // --only, --skip or the budget left something out
};

// Probes that run side by side: the first, and those that run `during:` it.
using ProbeGroup = std::vector<const plan::ProbePlan*>;

// The selected probes' places in `probes`, group by group, in the plan's order.
std::vector<std::vector<std::size_t>> groups(const Schedule& schedule);

// invalid_argument where a word of --only or --skip names no kind and no probe, or the profile is unknown. A
// profile's choice is the plan's own and does not make the verdict partial.
base::Result<Schedule> schedule(const plan::Plan& plan, const Choice& choice);

}  // namespace plimsoll::pipeline
