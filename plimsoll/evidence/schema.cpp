#include "plimsoll/evidence/schema.h"

#include <array>
#include <string>

namespace plimsoll::evidence {
namespace {

using base::ErrorCode;

constexpr std::int64_t kApplicationId = 0x504c494d;  // "PLIM"

// Step n leads from version n to n + 1. What was released is never edited: a change is a new step.
constexpr std::array<std::string_view, kSchemaVersion> kSteps = {R"sql(
CREATE TABLE run(
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL,
  branch TEXT,
  commit_hash TEXT,
  comparability TEXT NOT NULL,
  state TEXT NOT NULL,
  waived INTEGER NOT NULL,
  started INTEGER NOT NULL,          -- nanoseconds since 1970
  process_start INTEGER NOT NULL,    -- clock ticks since boot; 0: unknown
  slices_pruned INTEGER NOT NULL DEFAULT 0,
  document TEXT NOT NULL
);
CREATE INDEX run_by_start ON run(project, started);
CREATE INDEX run_running ON run(state) WHERE state = 'running';
CREATE TABLE series(
  key INTEGER PRIMARY KEY,
  project TEXT NOT NULL,
  identity TEXT NOT NULL,
  unit TEXT NOT NULL,
  better TEXT NOT NULL,
  UNIQUE(project, identity)
);
CREATE TABLE run_series(key INTEGER PRIMARY KEY, series INTEGER NOT NULL, probe TEXT NOT NULL);
CREATE TABLE chunk(key INTEGER PRIMARY KEY, observations INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE summary(key INTEGER PRIMARY KEY, probe TEXT NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE finding(key INTEGER PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE snapshot(run INTEGER PRIMARY KEY, document BLOB NOT NULL);
CREATE TABLE citation(run INTEGER NOT NULL, cited TEXT NOT NULL, PRIMARY KEY(cited, run)) WITHOUT ROWID;
CREATE TABLE acceptance(key INTEGER PRIMARY KEY, project TEXT NOT NULL, document TEXT NOT NULL);
)sql"};

// WAL: readers never wait for the writer. FULL: a commit is on the disk when it returns. secure_delete: what
// is deleted is overwritten. A small cache: the store is scanned, not revisited.
base::Status set_pragmas(Database& database, bool read_only, bool synchronous) {
  BASE_TRY(database.execute("PRAGMA cache_size = -4096; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"));
  if (read_only) return database.execute("PRAGMA query_only = ON;");
  BASE_TRY(database.execute(
      "PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000;"
      "PRAGMA journal_size_limit = 67108864;"));
  return database.execute(synchronous ? "PRAGMA synchronous = FULL;" : "PRAGMA synchronous = OFF;");
}

// Incremental vacuum: pruning gives pages back without copying the file. Only a file without pages takes it,
// and it takes the write lock: not something for every open.
base::Status set_up_file(Database& database) {
  return database.execute("PRAGMA auto_vacuum = INCREMENTAL;");
}

base::Status check_origin(Database& database, std::int64_t version) {
  BASE_ASSIGN(const auto application, database.query_integer("PRAGMA application_id"));
  const std::string file = database.path().string();
  if (application != kApplicationId) {
    BASE_ASSIGN(const auto tables, database.query_integer("SELECT count(*) FROM sqlite_schema"));
    if (application == 0 && version == 0 && tables == 0) return {};
    return base::fail(ErrorCode::unsupported,
                      file + ": is a database of another program, not an evidence store",
                      "name another file");
  }
  if (version <= kSchemaVersion) return {};
  return base::fail(ErrorCode::unsupported,
                    file + ": was written by a newer plimsoll (format " + std::to_string(version) +
                        ", this program knows up to " + std::to_string(kSchemaVersion) + ")",
                    "use the newer program");
}

base::Status migrate(Database& database) {
  BASE_ASSIGN(auto transaction, Transaction::begin(database, TransactionKind::write));
  // Another process may have been quicker.
  BASE_ASSIGN(const auto version, database.query_integer("PRAGMA user_version"));
  for (auto step = version; step < kSchemaVersion; ++step) {
    BASE_TRY(database.execute(std::string(kSteps.at(static_cast<std::size_t>(step)))));
  }
  BASE_TRY(database.execute("PRAGMA application_id = " + std::to_string(kApplicationId)));
  BASE_TRY(database.execute("PRAGMA user_version = " + std::to_string(kSchemaVersion)));
  return transaction.commit();
}

}  // namespace

base::Status prepare_schema(Database& database, bool read_only, bool synchronous) {
  BASE_ASSIGN(const auto version, database.query_integer("PRAGMA user_version"));
  BASE_TRY(check_origin(database, version));
  if (version == 0 && !read_only) BASE_TRY(set_up_file(database));
  BASE_TRY(set_pragmas(database, read_only, synchronous));
  if (version == kSchemaVersion) return {};
  if (!read_only) return migrate(database);
  return base::fail(ErrorCode::unsupported,
                    database.path().string() + ": holds no evidence yet, or that of an older version",
                    "open it once for writing");
}

}  // namespace plimsoll::evidence
