// Rules on a load that was run alone: what `plimsoll load --threshold` judges.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/model/judgement.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/rule.h"
#include "plimsoll/model/run.h"
#include "plimsoll/traffic/engine/engine.h"
#include "plimsoll/traffic/scenario/scenario.h"
#include "plimsoll/traffic/watch/server_watch.h"

namespace plimsoll::cli {

// The file's own thresholds, then these, on series that a load has; invalid_argument names the rule, its
// place where it has one, and what is wrong with it.
base::Result<std::vector<model::Rule>> read_load_rules(std::span<const std::string> texts,
                                                       const traffic::ScenarioFile& file);
base::Result<std::vector<model::Rule>> read_load_rules(std::span<const std::string> texts,
                                                       const std::string& scenario);

// So that the engine counts the rules' bounds exactly.
void add_edges(std::span<const model::Rule> rules, traffic::LoadPlan& plan);

struct LoadEvidence {
  const traffic::LoadPlan& plan;
  const traffic::LoadResult& result;
  std::span<const traffic::LoadSlice> slices;
  std::string scenario;
  double began_at = 0;  // unix seconds
  std::span<const traffic::ServerSample> server = {};
  traffic::WatchReport watch = {};
  std::set<std::string> named_series = {};  // by rules (pipeline::named_series)
};

// The series that the load probe would have streamed.
base::Result<std::vector<model::SeriesData>> series_of(const LoadEvidence& evidence);

// How the load ended, as a probe's record.
model::ProbeRecord record_of(const LoadEvidence& evidence);

// In the order of the rules. A saturated or unreachable run makes them inconclusive.
std::vector<model::Judgement> judge_load(std::span<const model::Rule> rules,
                                         std::span<const model::SeriesData> series,
                                         const model::ProbeRecord& record);

}  // namespace plimsoll::cli
