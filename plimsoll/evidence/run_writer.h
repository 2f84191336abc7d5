// The writer of one live run on SQLite.
#pragma once

#include <memory>

#include "plimsoll/evidence/run_rows.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/evidence/writer_lock.h"

namespace plimsoll::evidence {

// Holds the store's lock until finish() or its end. Keeps the database open beyond the store that made it.
class SqliteRunWriter final : public RunWriter {
 public:
  // Takes the lock (conflict), aborts what a lost process left running, and makes the run's row. A run
  // without a process becomes this process's.
  static base::Result<std::unique_ptr<RunWriter>> begin(std::shared_ptr<Database> database, model::Run run);
  ~SqliteRunWriter() override;

  base::Result<model::SeriesHandle> declare(const model::Series& series, std::string_view probe) override;
  base::Status append(std::span<const model::Observation> observations) override;
  base::Status append_findings(std::span<const model::Finding> findings) override;
  base::Status finish(const model::Run& run, std::string_view snapshot_json) override;

 private:
  SqliteRunWriter(std::shared_ptr<Database> database, WriterLock lock, const model::Run& run,
                  std::int64_t key);
  template <class Write>
  base::Status in_transaction(const Write& write);

  std::shared_ptr<Database> database_;
  std::optional<WriterLock> lock_;
  std::string run_id_;
  std::int64_t process_id_;
  std::string boot_id_;
  RunRows rows_;
  bool finished_ = false;
};

}  // namespace plimsoll::evidence
