// A run that a command writes by itself, without the pipeline.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/formats/imported_file.h"
#include "plimsoll/model/judgement.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/run.h"
#include "plimsoll/model/snapshot.h"
#include "plimsoll/probes/record_results.h"

namespace plimsoll::cli {

struct FolderProject {
  std::string name;
  std::string base_branch = "main";
};

// What the plan in this folder says, as `check` reads it; without a plan the folder's name.
base::Result<FolderProject> project_here();

// Of this folder's project, commit and machine, beginning now. `id` empty: a new one; invalid_argument where
// it is not made of letters, digits, dots, dashes and underscores.
base::Result<model::Run> new_run(const std::string& id);

// What one probe of the run measured at one time.
struct KeptResults {
  std::string kind, name;  // of the probe
  std::string source;      // label of every series, or empty (probes/record_results.h)
  probes::Stamp stamp;
  formats::ImportedFile results;
  std::optional<std::int32_t> block = {};  // stamped on all of it
  std::string config_digest = {};          // of the probe, where it is one of the plan's
};

// Writes the run whole, in the state complete; conflict where the store has a run of that id.
base::Status keep_run(const std::string& store, model::Run run, std::span<const KeptResults> results,
                      const std::string& headline);

// All that a report is drawn from, of a run of one probe that becomes complete now. Its headline says that
// the probe was run alone.
model::Snapshot snapshot_of_one(model::Run run, const model::ProbeRecord& record,
                                std::span<const model::SeriesData> series,
                                const std::vector<model::Judgement>& judgements, model::Status status);

// Writes the snapshot's run with its series.
base::Status keep_snapshot(const std::string& store, const model::Snapshot& snapshot,
                           std::span<const model::SeriesData> series);

}  // namespace plimsoll::cli
