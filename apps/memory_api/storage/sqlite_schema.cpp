#include "apps/memory_api/storage/sqlite_schema.h"

#include <array>
#include <string>

#include <fmt/format.h>

namespace memory_api::storage {
namespace {

constexpr std::int64_t application_id = 0x504c4d45;  // "PLME", for file(1) and for us

// Step n leads from version n - 1 to version n. A step that was released is never edited; a new one follows
// it.
//
// - Times are microseconds since 1970, ids the 16 bytes of a UUID; a field that a memory does not have is
//   NULL.
// - `memories.row` never changes; it is also the document's number in the word index.
// - Each entity has an index that begins with the tenant: no read walks over another tenant's rows.
//   created_at and expires_at in it let a page and its count be found without the rows. Partial, since most
//   memories name one or two.
// - `memory_terms` keeps postings only (content=''): the text is in `memories`. A memory's text goes to the
//   column of its length class (search/similarity.h), so that scoring reads the postings and nothing else.
// - `history` holds changes and removals; the step "added" is known from the memory itself.
// - `tenants.memories` and `tenants.terms` are what scoring needs to know of the tenant as a whole.
constexpr std::array migrations = {R"sql(
  CREATE TABLE tenants(
    number INTEGER PRIMARY KEY,
    key_hash TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    open INTEGER NOT NULL,
    memories INTEGER NOT NULL DEFAULT 0,
    terms INTEGER NOT NULL DEFAULT 0);

  CREATE TABLE memories(
    row INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    id BLOB NOT NULL,
    text TEXT NOT NULL,
    user_id TEXT, agent_id TEXT, app_id TEXT, run_id TEXT,
    metadata TEXT, categories TEXT,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    expires_at INTEGER, expiration TEXT);
  CREATE UNIQUE INDEX memories_by_id ON memories(tenant, id);
  CREATE INDEX memories_by_user ON memories(tenant, user_id, created_at, expires_at) WHERE user_id IS NOT NULL;
  CREATE INDEX memories_by_agent ON memories(tenant, agent_id, created_at, expires_at) WHERE agent_id IS NOT NULL;
  CREATE INDEX memories_by_app ON memories(tenant, app_id, created_at, expires_at) WHERE app_id IS NOT NULL;
  CREATE INDEX memories_by_run ON memories(tenant, run_id, created_at, expires_at) WHERE run_id IS NOT NULL;

  CREATE VIRTUAL TABLE memory_terms USING fts5(
    c0, c1, c2, c3, c4, c5, c6, c7, content='', columnsize=0, tokenize='tenant_words');
  CREATE VIRTUAL TABLE postings USING fts5vocab(memory_terms, instance);

  CREATE TABLE history(
    memory BLOB NOT NULL,
    step INTEGER NOT NULL,
    tenant INTEGER NOT NULL,
    event INTEGER NOT NULL,
    old_text TEXT, new_text TEXT,
    created_at INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY(memory, step)) WITHOUT ROWID;

  CREATE TABLE events(
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    tenant INTEGER NOT NULL,
    at INTEGER NOT NULL,
    memories BLOB NOT NULL);

  CREATE TABLE documents(
    tenant INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY(tenant, kind, key)) WITHOUT ROWID;

  CREATE TABLE upkeep(erasure_due INTEGER NOT NULL);
  INSERT INTO upkeep VALUES(0);
)sql",
                                   // Of the row's other columns (sqlite_rows.h): SQLite has none of its own,
                                   // and a disk that changes a letter would go unnoticed. NULL in rows that
                                   // were written before.
                                   R"sql(
  ALTER TABLE memories ADD COLUMN checksum INTEGER;
)sql",
                                   // Vectors lie apart from the memories: they are as large as these, and
                                   // most reads want none. `embedder` is the number of the one that made
                                   // them; only those of upkeep.embedder are ever read. What waits for one
                                   // has a row in vectors_waiting: the queue is part of the transaction.
                                   R"sql(
  CREATE TABLE embedders(
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    UNIQUE(name, dimensions));
  ALTER TABLE upkeep ADD COLUMN embedder INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE vectors(
    row INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    embedder INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    floats BLOB NOT NULL);
  CREATE INDEX vectors_by_tenant ON vectors(tenant, embedder);

  CREATE TABLE vectors_waiting(row INTEGER PRIMARY KEY, since INTEGER NOT NULL);
  INSERT INTO vectors_waiting SELECT row, created_at FROM memories;
)sql",
                                   // Which vectors a tenant has is read from this alone, when a graph that
                                   // was saved beside the file is compared with it (vector_graphs.h).
                                   R"sql(
  DROP INDEX vectors_by_tenant;
  CREATE INDEX vectors_by_tenant ON vectors(tenant, embedder, row, checksum);
)sql"};

base::Status check_owner(Connection& connection, std::int64_t version) {
  BASE_ASSIGN(const std::int64_t owner, connection.integer("PRAGMA application_id"));
  BASE_ASSIGN(const std::int64_t tables, connection.integer("SELECT count(*) FROM sqlite_schema"));
  if (owner == application_id || (version == 0 && tables == 0)) return {};
  return base::fail(base::ErrorCode::corrupt,
                    connection.file() + ": expected a database of memory_api, found another program's",
                    "name another --data folder");
}

base::Status apply(Connection& connection, std::size_t from) {
  BASE_TRY(connection.run("BEGIN IMMEDIATE"));
  for (std::size_t step = from; step < migrations.size(); ++step) BASE_TRY(connection.run(migrations[step]));
  BASE_TRY(connection.run(
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, migrations.size())
          .c_str()));
  return connection.run("COMMIT");
}

}  // namespace

base::Status migrate(Connection& connection) {
  BASE_ASSIGN(const std::int64_t version, connection.integer("PRAGMA user_version"));
  BASE_TRY(check_owner(connection, version));
  if (version > static_cast<std::int64_t>(migrations.size())) {
    return base::fail(base::ErrorCode::unsupported,
                      fmt::format("{}: version {} was written by a newer memory_api; this one knows {}",
                                  connection.file(), version, migrations.size()),
                      "use the newer program, or another --data folder");
  }
  if (version == static_cast<std::int64_t>(migrations.size())) return {};
  return apply(connection, static_cast<std::size_t>(version));
}

}  // namespace memory_api::storage
