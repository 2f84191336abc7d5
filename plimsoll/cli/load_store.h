// Keeps a load that was run alone in an evidence store.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/model/judgement.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/run.h"
#include "plimsoll/model/snapshot.h"

namespace plimsoll::cli {

// All that a report of the load is drawn from. The run (cli/kept_run.h: new_run) becomes complete now.
model::Snapshot load_snapshot(model::Run run, const model::ProbeRecord& record,
                              std::span<const model::SeriesData> series,
                              const std::vector<model::Judgement>& judgements, model::Status status);

// Writes the snapshot's run, of one probe, with its series.
base::Status keep_load(const std::string& store_url, const model::Snapshot& snapshot,
                       std::span<const model::SeriesData> series);

}  // namespace plimsoll::cli
