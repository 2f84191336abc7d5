#include "plimsoll/evidence/retention.h"

#include <chrono>
#include <set>
#include <string>
#include <unordered_map>

#include "plimsoll/evidence/acceptance_table.h"
#include "plimsoll/evidence/run_reader.h"
#include "plimsoll/evidence/run_table.h"
#include "plimsoll/evidence/schema.h"
#include "plimsoll/evidence/summary.h"

namespace plimsoll::evidence {
namespace {

using base::ErrorCode;
using model::Observation;
using model::SeriesHandle;

std::int64_t days_before(base::UtcTime now, int days) {
  return (now - std::chrono::days(days)).time_since_epoch().count();
}

// The runs at which a change was accepted that still holds.
base::Result<std::set<std::string>> accepted_runs(Database& database, base::UtcTime now) {
  BASE_ASSIGN(const auto acceptances, list_acceptances(database, ""));
  std::set<std::string> runs;
  for (const auto& acceptance : acceptances) {
    if (!acceptance.until || *acceptance.until > now) runs.insert(acceptance.run);
  }
  return runs;
}

// Finished runs that began before the cutoff and are not pinned; only what listing them needs.
base::Result<std::vector<std::string>> expired_runs(Database& database, std::int64_t cutoff,
                                                    base::UtcTime now) {
  BASE_ASSIGN(const auto accepted, accepted_runs(database, now));
  BASE_ASSIGN(
      auto query,
      database.prepare(
          "SELECT id FROM run r WHERE started < ?1 AND state <> 'running' AND NOT EXISTS (SELECT 1 FROM "
          "citation c JOIN run citing ON citing.key = c.run WHERE c.cited = r.id AND "
          "c.run <> r.key AND citing.started >= ?1) ORDER BY started"));
  query.bind(cutoff);
  std::vector<std::string> runs;
  while (true) {
    BASE_ASSIGN(const bool more, query.step());
    if (!more) return runs;
    if (auto id = query.text(0); !accepted.contains(id)) runs.push_back(std::move(id));
  }
}

// A run that was aborted without finish() has no merged values yet.
base::Status merge_slices(Database& database, const StoredRun& run) {
  BASE_ASSIGN(auto existing, database.prepare("SELECT 1 FROM summary WHERE key BETWEEN ? AND ? LIMIT 1"));
  BASE_ASSIGN(const bool there, existing.bind(first_row(run.key)).bind(last_row(run.key)).step());
  if (there) return {};
  BASE_ASSIGN(const auto series, read_run_series(database, run.key));
  std::unordered_map<SeriesHandle, Summary> summaries;
  BASE_TRY(scan_chunks(
      database, run, [](SeriesHandle) { return true; },
      [&](Observation&& observation) { summaries[observation.series].add(observation); }));
  BASE_ASSIGN(auto insert, database.prepare("INSERT INTO summary(key, probe, bytes) VALUES(?, ?, ?)"));
  for (const auto& one : series) {
    if (summaries[one.handle].empty()) continue;
    const std::string bytes = encode_summary(summaries[one.handle]);
    BASE_TRY(insert.bind(row_key(run.key, one.series_key)).bind(one.probe).bind_blob(bytes).run());
  }
  return {};
}

// From here on readers take the merged values, whether the slices are all gone yet or not.
base::Status retire_slices(Database& database, const StoredRun& run) {
  BASE_ASSIGN(auto transaction, Transaction::begin(database, TransactionKind::write));
  BASE_TRY(merge_slices(database, run));
  BASE_ASSIGN(auto mark, database.prepare("UPDATE run SET slices_pruned = 1 WHERE key = ?"));
  BASE_TRY(mark.bind(run.key).run());
  return transaction.commit();
}

struct Deleted {
  std::int64_t rows = 0;
  std::int64_t observations = 0;
};

base::Result<Deleted> delete_some_chunks(Database& database, const StoredRun& run) {
  BASE_ASSIGN(auto transaction, Transaction::begin(database, TransactionKind::write));
  Deleted deleted;
  {
    BASE_ASSIGN(
        auto erase,
        database.prepare("DELETE FROM chunk WHERE key IN (SELECT key FROM chunk WHERE key BETWEEN ? AND ? "
                         "ORDER BY key LIMIT 64) RETURNING observations"));
    erase.bind(first_row(run.key)).bind(last_row(run.key));
    while (true) {
      BASE_ASSIGN(const bool more, erase.step());
      if (!more) break;
      ++deleted.rows;
      deleted.observations += erase.integer(0);
    }
  }
  BASE_TRY(transaction.commit());
  return deleted;
}

base::Result<Deleted> prune_slices(Database& database, const StoredRun& run) {
  Deleted all;
  if (!run.slices_pruned) BASE_TRY(retire_slices(database, run));
  while (true) {
    BASE_ASSIGN(const auto some, delete_some_chunks(database, run));
    if (some.rows == 0) return all;
    all.rows += some.rows;
    all.observations += some.observations;
  }
}

base::Result<std::int64_t> prune_summaries(Database& database, const StoredRun& run) {
  BASE_ASSIGN(auto transaction, Transaction::begin(database, TransactionKind::write));
  BASE_ASSIGN(auto erase, database.prepare("DELETE FROM summary WHERE key BETWEEN ? AND ?"));
  BASE_TRY(erase.bind(first_row(run.key)).bind(last_row(run.key)).run());
  const auto rows = database.changes();
  BASE_TRY(transaction.commit());
  return rows;
}

base::Result<std::uint64_t> file_bytes(Database& database) {
  BASE_ASSIGN(const auto pages, database.query_integer("PRAGMA page_count"));
  BASE_ASSIGN(const auto size, database.query_integer("PRAGMA page_size"));
  return static_cast<std::uint64_t>(pages * size);
}

}  // namespace

base::Result<PruneReport> prune_store(Database& database, const Retention& retention, base::UtcTime now) {
  if (retention.raw_days < 0 || retention.summary_days < 0) {
    return base::fail(ErrorCode::invalid_argument, "a retention is a number of days from 0");
  }
  BASE_ASSIGN(const auto before, file_bytes(database));
  std::set<std::string> touched;
  PruneReport report;
  BASE_ASSIGN(const auto old, expired_runs(database, days_before(now, retention.raw_days), now));
  for (const auto& id : old) {
    BASE_ASSIGN(const auto run, find_run(database, id));
    BASE_ASSIGN(const auto deleted, prune_slices(database, run));
    if (deleted.rows > 0) touched.insert(id);
    report.observations += static_cast<std::uint64_t>(deleted.observations);
  }
  BASE_ASSIGN(const auto older, expired_runs(database, days_before(now, retention.summary_days), now));
  for (const auto& id : older) {
    BASE_ASSIGN(const auto run, find_run(database, id));
    // Merged values of slices that are still there (summary_days < raw_days) would only be merged again.
    if (!run.slices_pruned) continue;
    BASE_ASSIGN(const auto rows, prune_summaries(database, run));
    if (rows > 0) touched.insert(id);
  }
  BASE_TRY(shrink(database));
  BASE_ASSIGN(const auto after, file_bytes(database));
  report.runs = touched.size();
  report.bytes = before - std::min(before, after);
  return report;
}

base::Status shrink(Database& database) {
  BASE_ASSIGN(auto free, database.query_integer("PRAGMA freelist_count"));
  while (free > 0) {
    BASE_TRY(database.execute("PRAGMA incremental_vacuum(2048)"));
    BASE_ASSIGN(const auto left, database.query_integer("PRAGMA freelist_count"));
    if (left >= free) break;
    free = left;
  }
  return database.execute("PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace plimsoll::evidence
