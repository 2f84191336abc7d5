// Judges: pure functions from a question to a judgement. They read no clock, do no input or output and draw
// no random number that was not handed in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "plimsoll/model/judgement.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/rule.h"
#include "plimsoll/stats/noise_shape.h"

namespace plimsoll::judges {

// One earlier run's merged value of the same group of series.
struct BaselineValue {
  std::string run;
  model::Value value;
};

// One rule asked of one group of series (or of the findings).
struct Question {
  model::Rule rule;
  model::Series series;                  // of the group: its labels are what `by` keeps
  std::vector<model::Observation> head;  // this run's, of all series in the group
  std::vector<model::Observation> base;  // the base side of an interleaved measurement; else empty
  std::vector<BaselineValue> baseline;   // newest first; at most 20, for `change` the whole history
  std::vector<BaselineValue> anchor;     // the first runs (at most 20) since the last accepted change, where
                                         // they are older than the baseline: so that small steps add up
  std::vector<model::Finding> findings;  // what the selector covers, for rules on findings
  std::vector<model::Finding> baseline_findings;  // of the newest baseline run, for the ratchet
  bool on_findings = false;
  std::optional<base::UtcTime> now;  // for `fresh within`
  // Set where the evidence cannot be trusted whatever it says: crashed, saturated, missing …
  model::Reason blocked = model::Reason::none;
  std::string blocked_detail;
};

// What the baselines of all questions of a verdict say about noise; a relative judgement needs it to know how
// far noise reaches (plimsoll/stats/noise_shape.h).
stats::NoiseShape learn_noise(std::span<const Question> questions);

// A regression on a histogram without a stat asks two questions (p50 and p95): hence a list.
// A relative judgement carries p_fail and p_warn; its status is what it would be alone, before the family
// adjustment.
std::vector<model::Judgement> judge(const Question& question, const stats::NoiseShape& noise = {});

}  // namespace plimsoll::judges
