// From a gathered run to its judgements: reads the evidence back from the store, chooses baselines, asks the
// judges.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "plimsoll/evidence/store.h"
#include "plimsoll/model/snapshot.h"
#include "plimsoll/pipeline/expand_rules.h"
#include "plimsoll/plan/plan.h"

namespace plimsoll::pipeline {

struct JudgeInputs {
  const plan::Plan& plan;
  model::Run run;
  std::span<const ProbeState> probes;
  std::vector<std::string> base_commits;  // see repository.h
  base::UtcTime now;
};

struct Judged {
  std::vector<model::Judgement> judgements;  // in the order of the rules, not yet adjusted as a family
  std::vector<model::Finding> findings;
  std::vector<model::History> histories;  // of relative judgements
};

// The store's errors only.
base::Result<Judged> judge_run(const JudgeInputs& inputs, evidence::EvidenceStore& store);

// Series of a run over its time, as timelines() reads them from a store.
std::vector<model::Timeline> timelines_of(std::span<const model::SeriesData> series);

// Series of this run over its time, for the report; at most 24, latencies first.
base::Result<std::vector<model::Timeline>> timelines(const std::string& run, evidence::EvidenceStore& store);

}  // namespace plimsoll::pipeline
