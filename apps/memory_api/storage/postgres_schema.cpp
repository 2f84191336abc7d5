#include "apps/memory_api/storage/postgres_schema.h"

#include <array>
#include <string>

#include <fmt/format.h>

namespace memory_api::storage {
namespace {

// As in sqlite_schema.cpp a step that was released is never edited, and times are microseconds since 1970.
//
// - COLLATE "C": texts compare by their bytes, as filters say.
// - `memories.row` comes from `writer.next_row`, so it grows with the order of commits; it is also the
//   document's number in `words`.
// - `words` is the word index: a term behind its tenant's number ("7:deploy") and a posting
//   (search/posting.h). Its primary key is all there is to read, in the order that ranking wants.
// - `tenants.version` goes up with each change of the tenant's words; caches are true as long as it is
//   theirs.
// - `writer` has one row. Who writes has it locked, from the start of a transaction to its commit: so there
//   is one writer at a time over all processes, as in SQLite, and groups keep that cheap.
constexpr std::array migrations = {R"sql(
  CREATE TABLE tenants(
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_hash text COLLATE "C" NOT NULL UNIQUE,
    id text COLLATE "C" NOT NULL,
    open boolean NOT NULL,
    memories bigint NOT NULL DEFAULT 0,
    terms bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0);

  CREATE TABLE memories(
    row bigint PRIMARY KEY,
    tenant bigint NOT NULL,
    id uuid NOT NULL,
    text text COLLATE "C" NOT NULL,
    user_id text COLLATE "C", agent_id text COLLATE "C", app_id text COLLATE "C", run_id text COLLATE "C",
    metadata text COLLATE "C", categories text COLLATE "C",
    role text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL, updated_at bigint NOT NULL,
    expires_at bigint, expiration text COLLATE "C",
    checksum bigint NOT NULL);
  CREATE UNIQUE INDEX memories_by_id ON memories(tenant, id);
  CREATE INDEX memories_by_time ON memories(tenant, created_at, row);
  CREATE INDEX memories_by_user ON memories(tenant, user_id, created_at, row) WHERE user_id IS NOT NULL;
  CREATE INDEX memories_by_agent ON memories(tenant, agent_id, created_at, row) WHERE agent_id IS NOT NULL;
  CREATE INDEX memories_by_app ON memories(tenant, app_id, created_at, row) WHERE app_id IS NOT NULL;
  CREATE INDEX memories_by_run ON memories(tenant, run_id, created_at, row) WHERE run_id IS NOT NULL;

  CREATE TABLE words(
    term text COLLATE "C" NOT NULL,
    posting bigint NOT NULL,
    PRIMARY KEY(term, posting));

  CREATE TABLE history(
    memory uuid NOT NULL,
    step bigint NOT NULL,
    tenant bigint NOT NULL,
    event bigint NOT NULL,
    old_text text COLLATE "C", new_text text COLLATE "C",
    created_at bigint NOT NULL, at bigint NOT NULL,
    PRIMARY KEY(memory, step));

  CREATE TABLE events(
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    tenant bigint NOT NULL,
    at bigint NOT NULL,
    memories uuid[] NOT NULL);

  CREATE TABLE documents(
    tenant bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    PRIMARY KEY(tenant, kind, key));

  CREATE TABLE writer(next_row bigint NOT NULL);
  INSERT INTO writer VALUES(1);
)sql",
                                   // What waits for its vector; the queue is part of the transaction. The
                                   // vectors themselves need the extension: see postgres_vectors.cpp.
                                   // `writer.embedder` is the number of the one whose vectors are kept,
                                   // 0: nobody's.
                                   R"sql(
  ALTER TABLE writer ADD COLUMN embedder bigint NOT NULL DEFAULT 0;

  CREATE TABLE embedders(
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    dimensions bigint NOT NULL,
    UNIQUE(name, dimensions));

  CREATE TABLE vectors_waiting(row bigint PRIMARY KEY, since bigint NOT NULL);
  CREATE INDEX vectors_waiting_by_age ON vectors_waiting(since);
  INSERT INTO vectors_waiting SELECT row, created_at FROM memories;
)sql"};

constexpr std::int64_t lock_of_migrations = 0x504c4d45;  // "PLME", an advisory lock

base::Status check_encoding(PgConnection& connection) {
  BASE_ASSIGN(const PgRows rows, connection.fetch("SELECT current_setting('server_encoding')"));
  if (rows.text(0, 0) == "UTF8") return {};
  return base::fail(
      base::ErrorCode::unsupported,
      fmt::format("{}: expected a database in UTF8, found {}", connection.server(), rows.text(0, 0)),
      "create one with ENCODING 'UTF8' TEMPLATE template0");
}

base::Result<std::int64_t> version_of(PgConnection& connection) {
  BASE_ASSIGN(const PgRows there, connection.fetch("SELECT to_regclass('memory_api.version') IS NOT NULL"));
  if (!there.boolean(0, 0)) return 0;
  BASE_ASSIGN(const PgRows rows, connection.fetch("SELECT number FROM memory_api.version"));
  return rows.size() == 1 ? rows.integer(0, 0) : 0;
}

base::Status apply(PgConnection& connection, std::int64_t from) {
  std::string sql = fmt::format("BEGIN; SELECT pg_advisory_xact_lock({});", lock_of_migrations);
  if (from == 0) {
    sql +=
        "CREATE SCHEMA IF NOT EXISTS memory_api; CREATE TABLE version(number bigint NOT NULL);"
        "INSERT INTO version VALUES(0);";
  }
  for (auto step = static_cast<std::size_t>(from); step < migrations.size(); ++step) sql += migrations[step];
  sql += fmt::format("UPDATE version SET number = {}; COMMIT", migrations.size());
  const base::Status applied = connection.run(sql);
  if (!applied) static_cast<void>(connection.run("ROLLBACK"));
  return applied;
}

}  // namespace

base::Status migrate(PgConnection& connection) {
  constexpr auto newest = static_cast<std::int64_t>(migrations.size());
  BASE_TRY(check_encoding(connection));
  BASE_ASSIGN(std::int64_t version, version_of(connection));
  BASE_TRY(connection.finish());
  if (version < newest) {
    const base::Status applied = apply(connection, version);
    // Another process may have been quicker: then what we were to make is there.
    BASE_ASSIGN(version, version_of(connection));
    BASE_TRY(connection.finish());
    if (version < newest) return applied;
  }
  if (version == newest) return {};
  return base::fail(base::ErrorCode::unsupported,
                    fmt::format("{}: version {} was written by a newer memory_api; this one knows {}",
                                connection.server(), version, newest),
                    "use the newer program, or another database");
}

}  // namespace memory_api::storage
