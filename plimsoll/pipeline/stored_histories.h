// Series over past runs, as a store keeps them: one history for each machine and configuration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plimsoll/evidence/store.h"
#include "plimsoll/model/rule.h"
#include "plimsoll/model/run.h"
#include "plimsoll/model/series.h"

namespace plimsoll::pipeline {

struct HistoryChoice {
  std::string project;
  std::optional<std::string> branch;  // runs of this branch alone; else of every one
  std::string usual_branch;           // without `branch`: of this one where it has any, and the newest run
  std::vector<model::Selector> selectors;  // empty: everything that has a better direction
  std::optional<model::Stat> stat;         // none: p50 and p95 of histograms, the median of samples
  std::size_t most_runs = 10'000;          // the newest
};

struct StoredHistory {
  std::string probe;
  model::Series series;  // of the group that the selector's `by` makes; load.* by scenario where it has none
  std::string stat;      // "p95"; empty where the value is the only one
  std::string comparability;
  model::Environment machine;              // of its newest run
  std::vector<std::string> runs, commits;  // one a row, oldest first; a commit may be empty
  std::vector<double> times;               // unix seconds
  std::vector<double> values;              // NaN where the run has no such value
  bool newest = false;  // its probe has not run since anywhere else or with another configuration
};

// "bench.time{benchmark=a} p95".
std::string name_of(const StoredHistory& history);

// Rows are the complete runs of a probe on machines with one comparability key and in one configuration;
// where either changes, another history begins. Waived runs, runs of changed trees (but the newest run),
// probes that did not end well and calibrations are left out. Ordered by probe, series, stat, oldest
// configuration first. not_found where the project has no complete run; invalid_argument where two selectors
// make one group of different series.
base::Result<std::vector<StoredHistory>> stored_histories(evidence::EvidenceStore& store,
                                                          const HistoryChoice& choice);

}  // namespace plimsoll::pipeline
