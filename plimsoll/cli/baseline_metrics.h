// The newest figures of the plan's benchmarks as a file for readers:
// benchmarking/results/baseline_metrics.json. Judges read the store, never this file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/plan/plan.h"

namespace plimsoll::cli {

// One figure of one benchmark over the repeats of a run, in the unit that its name ends in.
struct Metric {
  double median = 0;
  std::optional<double> p95, p99;  // of the repeats, where there are enough of them (20, 100)
  double spread = 0;  // robust coefficient of variation of the repeats: their noise within the run
  std::size_t repeats = 0;
};

// Where a probe's figures come from.
struct MeasuredProbe {
  std::string name, run, started;
  std::optional<std::string> commit;                                // nothing outside a repository
  bool dirty = false;                                               // tracked files were changed
  std::map<std::string, std::map<std::string, Metric>> benchmarks;  // by benchmark, then by figure
};

struct BaselineMetrics {
  std::string project;
  model::Environment environment;
  std::vector<MeasuredProbe> probes;
  std::vector<std::string> unmeasured;  // bench probes of the plan that the store knows no run of
};

// Of every bench probe of the plan its newest complete run on this machine, measured as the plan says now. A
// figure's name is its series' without `bench.` and with its unit (`real_time_seconds`), of a counter the
// counter's own (`p99_seconds`).
base::Result<BaselineMetrics> baseline_metrics(const plan::Plan& plan, evidence::EvidenceStore& store);

// The file's document.
nlohmann::ordered_json to_json(const BaselineMetrics& metrics);

// How a document differs from an earlier one.
struct Difference {
  std::string figure;                   // "database BM_Get real_time_seconds"
  std::optional<double> before, after;  // medians; nothing where it is new or gone
};
std::vector<Difference> differences(const nlohmann::ordered_json& before,
                                    const nlohmann::ordered_json& after);

}  // namespace plimsoll::cli
