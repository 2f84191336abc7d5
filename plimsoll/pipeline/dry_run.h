// `check --dry-run`: what would run, how long, and which effect each rule will be able to see. Measures
// nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/pipeline/schedule.h"
#include "plimsoll/plan/plan.h"

namespace plimsoll::pipeline {

// What one rule will be able to say.
struct RuleOutlook {
  std::string rule;
  std::string series;                       // of a relative rule with a past; else the rule's selector
  std::optional<double> detectable_effect;  // relative, at 80 % power
  std::optional<double> events_needed;      // clean ones, for a threshold to pass
  std::string sentence;
  bool refused = false;  // too fine for the noise that `bench noise` measured on this machine
};

struct DryRun {
  Schedule schedule;
  std::vector<RuleOutlook> rules;
};

// `store` may be nullptr: then nothing has a past. Relative rules are asked of the newest run's series.
base::Result<DryRun> dry_run(const plan::Plan& plan, const Choice& choice, evidence::EvidenceStore* store);

std::string to_text(const DryRun& result);
nlohmann::ordered_json to_json(const DryRun& result);  // {"plimsoll":"check.dry_run",…}

}  // namespace plimsoll::pipeline
