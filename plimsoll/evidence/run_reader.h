// Reads what runs consist of.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/evidence/run_table.h"
#include "plimsoll/evidence/series_table.h"
#include "plimsoll/evidence/sqlite.h"
#include "plimsoll/evidence/store.h"

namespace plimsoll::evidence {

// A series of a run, where it stands.
struct RunSeries {
  model::SeriesHandle handle = 0;
  std::int64_t series_key = 0;
  std::string probe;
  model::Series series;
};
base::Result<std::vector<RunSeries>> read_run_series(Database& database, std::int64_t run);  // by handle

// Calls with every observation of the run's chunks whose series is wanted; by chunk, then by series.
base::Status scan_chunks(Database& database, const StoredRun& run,
                         const std::function<bool(model::SeriesHandle)>& wanted,
                         const std::function<void(model::Observation&&)>& take);

// What a run's summary says of a series: head, then base side. Empty where there is none.
base::Result<std::vector<model::Observation>> read_summary(Database& database, const StoredRun& run,
                                                           std::int64_t series_key);

// EvidenceStore::read, findings and history. Series come sorted by id.
base::Result<std::vector<model::SeriesData>> read_series(Database& database, const StoredRun& run,
                                                         const model::Selector& selector);
base::Result<std::vector<model::Finding>> read_findings(Database& database, const StoredRun& run);
base::Result<std::vector<HistoricValue>> read_history(Database& database, SeriesCatalogue& catalogue,
                                                      const model::Selector& selector,
                                                      std::span<const std::string> runs);

}  // namespace plimsoll::evidence
