// The runs of the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/evidence/sqlite.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/model/run.h"

namespace plimsoll::evidence {

struct StoredRun {
  std::int64_t key = 0;
  bool slices_pruned = false;
  std::int64_t process_start = 0;
  model::Run run;
};

// conflict where its id is taken. Inside a write transaction, like everything below that writes.
base::Result<std::int64_t> insert_run(Database& database, const model::Run& run, std::int64_t process_start);

// All of the run but what waive() set meanwhile.
base::Status update_run(Database& database, std::int64_t key, const model::Run& run);
base::Status set_run_state(Database& database, std::int64_t key, model::RunState state);

// The run and every row of it.
base::Status erase_run(Database& database, const StoredRun& run);

// By id, by a prefix that only one run has, or "latest": the newest that is not running, else the newest.
// not_found; invalid_argument where several begin so.
base::Result<StoredRun> find_run(Database& database, std::string_view id);
base::Result<std::optional<StoredRun>> find_run_exactly(Database& database, std::string_view id);

// Newest first.
base::Result<std::vector<StoredRun>> list_runs(Database& database, const RunFilter& filter);

// Runs that are marked as running though their process is gone become aborted. Cheap where there are none.
base::Status abort_lost_runs(Database& database);

}  // namespace plimsoll::evidence
