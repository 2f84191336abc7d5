// Keeps a load that was run alone in an evidence store.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/model/judgement.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/run.h"

namespace plimsoll::cli {

// Writes one complete run (cli/kept_run.h: new_run) of one probe, with its judgements.
base::Status keep_load(const std::string& store_url, model::Run run, const model::ProbeRecord& record,
                       std::span<const model::SeriesData> series,
                       const std::vector<model::Judgement>& judgements, model::Status status);

}  // namespace plimsoll::cli
