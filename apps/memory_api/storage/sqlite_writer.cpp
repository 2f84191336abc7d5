#include "apps/memory_api/storage/sqlite_writer.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "apps/memory_api/memory/uuid.h"
#include "apps/memory_api/search/similarity.h"
#include "apps/memory_api/search/terms.h"
#include "apps/memory_api/storage/filter_sql.h"
#include "apps/memory_api/storage/group_writer.h"
#include "apps/memory_api/storage/history_rows.h"
#include "apps/memory_api/storage/sqlite_rows.h"
#include "apps/memory_api/storage/vector_rows.h"
#include "base/hash.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using base::Status;
using memory::Memory;

constexpr int merge_pages_a_step = 64;
constexpr int events_pruned_at_once = 500;

std::string joined_ids(const std::vector<Memory>& memories) {
  std::string bytes;
  for (const Memory& memory : memories) bytes += memory::uuid_bytes(memory.id).value_or("");
  return bytes;
}

}  // namespace

void VectorChanges::append(VectorChanges&& other) {
  if (other.all_are_stale) changes.clear();
  all_are_stale = all_are_stale || other.all_are_stale;
  std::ranges::move(other.changes, std::back_inserter(changes));
}

Status SqliteWriter::load() {
  BASE_ASSIGN(const std::int64_t due, connection_.integer("SELECT erasure_due FROM upkeep"));
  erasure_due_ = due != 0;
  return {};
}

Applied SqliteWriter::apply(const WriteOperation& operation) {
  memories_added_ = 0;
  terms_added_ = 0;
  index_changes_ = {};
  vector_changes_ = {};
  Applied applied{std::visit([&](const auto& kind) { return carry_out(kind); }, operation)};
  applied.index_changes = std::move(index_changes_);
  applied.vector_changes = std::move(vector_changes_);
  applied.storage_failed = !applied.outcome && !is_refusal(applied.outcome.error());
  return applied;
}

// --- The operations.

base::Result<WriteOutcome> SqliteWriter::carry_out(const AddTenant& operation) {
  BASE_ASSIGN(Query known, connection_.query("SELECT count(*) FROM tenants WHERE key_hash = ?"));
  BASE_TRY(known.text(operation.key_hash).step());
  const bool exists = known.integer_at(0) > 0;
  if (exists) return base::fail(ErrorCode::conflict, "the key exists already");
  BASE_ASSIGN(Query insert, connection_.query("INSERT INTO tenants(key_hash, id, open) VALUES(?,?,?)"));
  BASE_TRY(insert.text(operation.key_hash).text(operation.id).integer(operation.open ? 1 : 0).run());
  return WriteOutcome{1, {connection_.last_row(), operation.id, operation.open}, {}};
}

base::Result<WriteOutcome> SqliteWriter::carry_out(const AddMemories& operation) {
  for (const Memory& memory : operation.memories) BASE_TRY(insert(operation.tenant, memory, operation.at));
  BASE_TRY(count(operation.tenant));
  BASE_TRY(record_event(operation.tenant, operation.event_id, operation.at, operation.memories));
  return WriteOutcome{operation.memories.size(), {}, {}};
}

// Everything is looked up before anything is written, so that a refusal changes nothing.
base::Result<WriteOutcome> SqliteWriter::carry_out(const ReviseMemories& operation) {
  std::vector<std::string> changed_ids;
  for (const auto& entry : operation.changes) changed_ids.push_back(entry.id);
  BASE_ASSIGN(const auto changed_rows, rows_of(operation.tenant, changed_ids));
  BASE_ASSIGN(const auto removed_rows, rows_of(operation.tenant, operation.removed));
  std::vector<Memory> touched = operation.added;
  for (const Memory& memory : operation.added) BASE_TRY(insert(operation.tenant, memory, operation.at));
  for (std::size_t i = 0; i < changed_rows.size(); ++i) {
    BASE_ASSIGN(Memory memory,
                update(operation.tenant, changed_rows[i], operation.changes[i].change, operation.at));
    touched.push_back(std::move(memory));
  }
  for (const std::int64_t row : removed_rows) BASE_TRY(remove(operation.tenant, row, operation.at));
  if (!removed_rows.empty()) BASE_TRY(note_erasure());
  BASE_TRY(count(operation.tenant));
  BASE_TRY(record_event(operation.tenant, operation.event_id, operation.at, touched));
  return WriteOutcome{touched.size() + removed_rows.size(), {}, std::move(touched)};
}

base::Result<WriteOutcome> SqliteWriter::carry_out(const UpdateMemories& operation) {
  std::vector<std::string> ids;
  ids.reserve(operation.changes.size());
  for (const auto& entry : operation.changes) ids.push_back(entry.id);
  BASE_ASSIGN(const auto rows, rows_of(operation.tenant, ids));
  WriteOutcome outcome{rows.size(), {}, {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    BASE_ASSIGN(Memory memory, update(operation.tenant, rows[i], operation.changes[i].change, operation.at));
    outcome.memories.push_back(std::move(memory));
  }
  BASE_TRY(count(operation.tenant));
  return outcome;
}

base::Result<WriteOutcome> SqliteWriter::carry_out(const RemoveMemories& operation) {
  BASE_ASSIGN(const auto rows, rows_of(operation.tenant, operation.ids));
  return remove_rows(operation.tenant, rows, operation.at);
}

base::Result<WriteOutcome> SqliteWriter::carry_out(const RemoveMatching& operation) {
  BASE_ASSIGN(const auto rows, rows_matching(operation.tenant, operation.filter));
  return remove_rows(operation.tenant, rows, operation.at);
}

base::Result<WriteOutcome> SqliteWriter::carry_out(const PutDocument& operation) {
  if (!operation.about_memory.empty()) BASE_TRY(rows_of(operation.tenant, {operation.about_memory}));
  BASE_ASSIGN(
      Query query,
      connection_.query(operation.merge ? "INSERT INTO documents(tenant, kind, key, body) VALUES(?,?,?,?) "
                                          "ON CONFLICT DO UPDATE SET body = json_patch(body, excluded.body)"
                                        : "INSERT OR REPLACE INTO documents(tenant, kind, key, body) "
                                          "VALUES(?,?,?,?)"));
  query.integer(operation.tenant).text(operation.kind).text(operation.key).text(operation.body);
  BASE_TRY(query.run());
  return WriteOutcome{1, {}, {}};
}

base::Result<WriteOutcome> SqliteWriter::carry_out(const UseEmbedder& operation) {
  BASE_ASSIGN(vector_changes_.all_are_stale, use_embedder(connection_, operation));
  return WriteOutcome{};
}

base::Result<WriteOutcome> SqliteWriter::carry_out(const PutVectors& operation) {
  BASE_ASSIGN(const EmbedderRow embedder, embedder_in_use(connection_));
  BASE_TRY(check_vectors(operation, embedder));
  WriteOutcome outcome;
  for (const MemoryVector& vector : operation.vectors) {
    BASE_ASSIGN(const auto row, row_of_text(vector));
    if (!row) continue;
    BASE_ASSIGN(const std::uint64_t checksum,
                put_vector(connection_, {*row, vector.tenant, embedder.number}, vector.values));
    vector_changes_.changes.push_back({vector.tenant, *row, vector.values, checksum});
    ++outcome.count;
  }
  return outcome;
}

Status SqliteWriter::record_event(TenantNumber tenant, std::string_view event_id, base::UtcTime at,
                                  const std::vector<Memory>& memories) {
  const std::string ids = joined_ids(memories);
  const std::string id = memory::uuid_bytes(event_id).value_or("");
  BASE_ASSIGN(Query event, connection_.query("INSERT INTO events(id, tenant, at, memories) VALUES(?,?,?,?)"));
  return event.blob(id).integer(tenant).integer(to_microseconds(at)).blob(ids).run();
}

// --- One memory.

Status SqliteWriter::insert(TenantNumber tenant, const Memory& memory, base::UtcTime at) {
  static const std::string sql =
      fmt::format("INSERT INTO memories(tenant, {}) VALUES(?,{})", memory_columns, memory_parameters);
  const MemoryRow row(memory);
  BASE_ASSIGN(Query query, connection_.query(sql));
  query.integer(tenant);
  row.bind(query);
  BASE_TRY(query.run());
  ++memories_added_;
  const std::int64_t added = connection_.last_row();
  BASE_TRY(await_vector(connection_, added, at));
  return index(Index::add, tenant, added, memory.text);
}

base::Result<Memory> SqliteWriter::update(TenantNumber tenant, std::int64_t row,
                                          const memory::MemoryChange& change, base::UtcTime at) {
  static const std::string update =
      fmt::format("UPDATE memories SET ({}) = ({}) WHERE row = ?", memory_columns, memory_parameters);
  BASE_ASSIGN(const Memory old, memory_at(row));
  Memory now = changed(old, change, at);
  const MemoryRow now_row(now);
  BASE_ASSIGN(Query query, connection_.query(update));
  now_row.bind(query);
  BASE_TRY(query.integer(row).run());
  if (now.text != old.text) {
    BASE_TRY(index(Index::remove, tenant, row, old.text));
    BASE_TRY(index(Index::replace, tenant, row, now.text));
    BASE_TRY(forget_vector(tenant, row));
    BASE_TRY(await_vector(connection_, row, at));
  }
  BASE_TRY(record_update(connection_, tenant, old, now));
  return now;
}

base::Result<WriteOutcome> SqliteWriter::remove_rows(TenantNumber tenant,
                                                     const std::vector<std::int64_t>& rows,
                                                     base::UtcTime at) {
  for (const std::int64_t row : rows) BASE_TRY(remove(tenant, row, at));
  if (!rows.empty()) {
    BASE_TRY(count(tenant));
    BASE_TRY(note_erasure());
  }
  return WriteOutcome{rows.size(), {}, {}};
}

Status SqliteWriter::remove(TenantNumber tenant, std::int64_t row, base::UtcTime at) {
  BASE_ASSIGN(const Memory doomed, memory_at(row));
  const std::string id = memory::uuid_bytes(doomed.id).value_or("");
  BASE_TRY(index(Index::remove, tenant, row, doomed.text));
  BASE_TRY(record_removal(connection_, tenant, id, doomed.created_at, at));
  BASE_ASSIGN(Query feedback,
              connection_.query("DELETE FROM documents WHERE tenant = ? AND kind = 'feedback' AND key = ?"));
  BASE_TRY(feedback.integer(tenant).text(doomed.id).run());
  BASE_TRY(forget_vector(tenant, row));
  BASE_ASSIGN(Query removal, connection_.query("DELETE FROM memories WHERE row = ?"));
  BASE_TRY(removal.integer(row).run());
  --memories_added_;
  return {};
}

Status SqliteWriter::forget_vector(TenantNumber tenant, std::int64_t row) {
  vector_changes_.changes.push_back({tenant, row, {}});
  return drop_vector(connection_, row);
}

base::Result<Memory> SqliteWriter::memory_at(std::int64_t row) {
  static const std::string select = fmt::format("SELECT {} FROM memories WHERE row = ?", memory_columns);
  BASE_ASSIGN(Query query, connection_.query(select));
  BASE_TRY(query.integer(row).step());
  return read_memory(query, 0);
}

// The word index keeps no text, so it must be told the old one to forget it.
Status SqliteWriter::index(Index what, TenantNumber tenant, std::int64_t row, std::string_view text) {
  std::vector<std::string> terms = tokenizer_.terms(tenant, text);
  if (terms.empty()) return {};
  const int column = search::length_class(terms.size());
  const auto amount = static_cast<std::int64_t>(terms.size());
  terms_added_ += what == Index::remove ? -amount : amount;
  const std::string sql =
      what == Index::remove
          ? fmt::format("INSERT INTO memory_terms(memory_terms, rowid, c{}) VALUES('delete',?,?)", column)
          : fmt::format("INSERT INTO memory_terms(rowid, c{}) VALUES(?,?)", column);
  const std::string indexed = search::indexed_text(tenant, text);
  BASE_ASSIGN(Query query, connection_.query(sql));
  BASE_TRY(query.integer(row).text(indexed).run());
  note_change(what, row, std::move(terms));
  return {};
}

void SqliteWriter::note_change(Index what, std::int64_t row, std::vector<std::string> terms) {
  for (search::TermPosting& posting : search::postings_of(row, std::move(terms))) {
    if (what == Index::add) {
      index_changes_.additions.push_back({std::move(posting.term), posting.posting});
    } else {
      index_changes_.stale_terms.push_back(std::move(posting.term));
    }
  }
}

Status SqliteWriter::count(TenantNumber tenant) {
  BASE_ASSIGN(Query query, connection_.query("UPDATE tenants SET memories = memories + ?, terms = terms + ? "
                                             "WHERE number = ?"));
  return query.integer(memories_added_).integer(terms_added_).integer(tenant).run();
}

// --- Which rows.

base::Result<std::optional<std::int64_t>> SqliteWriter::row_of_text(const MemoryVector& vector) {
  const std::string bytes = memory::uuid_bytes(vector.id).value_or("");
  BASE_ASSIGN(Query query, connection_.query("SELECT row, text FROM memories WHERE tenant = ? AND id = ?"));
  BASE_ASSIGN(const bool exists, query.integer(vector.tenant).blob(bytes).step());
  if (!exists || base::xxh3_64(query.text_at(1)) != vector.text_digest) return std::nullopt;
  return query.integer_at(0);
}

base::Result<std::vector<std::int64_t>> SqliteWriter::rows_of(TenantNumber tenant,
                                                              const std::vector<std::string>& ids) {
  std::vector<std::int64_t> rows;
  for (const std::string& id : ids) {
    const std::string bytes = memory::uuid_bytes(id).value_or("");
    BASE_ASSIGN(Query query, connection_.query("SELECT row FROM memories WHERE tenant = ? AND id = ?"));
    BASE_ASSIGN(const bool exists, query.integer(tenant).blob(bytes).step());
    if (exists) rows.push_back(query.integer_at(0));
  }
  if (rows.size() == ids.size()) return rows;
  return std::unexpected(unknown_memories(rows.size(), ids.size()));
}

base::Result<std::vector<std::int64_t>> SqliteWriter::rows_matching(TenantNumber tenant,
                                                                    const memory::Filter& filter) {
  const FilterSql condition = to_sql(filter);
  std::vector<std::int64_t> rows;
  BASE_ASSIGN(Query query, connection_.query(fmt::format("SELECT row FROM memories WHERE tenant = ? AND {}",
                                                         condition.sql)));
  condition.bind(query.integer(tenant));
  while (true) {
    BASE_ASSIGN(const bool has_row, query.step());
    if (!has_row) return rows;
    rows.push_back(query.integer_at(0));
  }
}

// --- Erasing traces.

Status SqliteWriter::note_erasure() {
  BASE_TRY(connection_.run("UPDATE upkeep SET erasure_due = 1 WHERE erasure_due = 0"));
  erasure_due_ = true;
  return {};
}

// FTS5 marks removed postings and drops them when it merges segments; a merge of all of them leaves none.
// (Its own secure-delete came with SQLite 3.42.) Rows and freed pages are zeroed by secure_delete at once;
// what was written before still stands in the write-ahead log until that is emptied.
base::Result<bool> SqliteWriter::erase_some() {
  const int pages = merging_ ? merge_pages_a_step : -merge_pages_a_step;  // negative: begin with all segments
  const std::int64_t before = connection_.total_changes();
  {
    BASE_ASSIGN(Query merge,
                connection_.query("INSERT INTO memory_terms(memory_terms, rank) VALUES('merge', ?)"));
    BASE_TRY(merge.integer(pages).run());
  }
  merging_ = true;
  constexpr std::int64_t changes_of_an_idle_merge =
      2;  // documented: fewer means that there was nothing to do
  if (connection_.total_changes() - before >= changes_of_an_idle_merge) return false;
  merging_ = false;
  BASE_ASSIGN(const std::int64_t busy, connection_.integer("PRAGMA wal_checkpoint(TRUNCATE)"));
  if (busy != 0) return false;
  BASE_TRY(connection_.run("UPDATE upkeep SET erasure_due = 0"));
  erasure_due_ = false;
  return true;
}

Status SqliteWriter::prune_events(base::UtcTime before) {
  std::int64_t last = 0;
  {
    BASE_ASSIGN(Query oldest, connection_.query("SELECT row, at FROM events ORDER BY row LIMIT ?"));
    oldest.integer(events_pruned_at_once);
    while (true) {
      BASE_ASSIGN(const bool has_row, oldest.step());
      if (!has_row || oldest.integer_at(1) >= to_microseconds(before)) break;
      last = oldest.integer_at(0);
    }
  }
  if (last == 0) return {};
  BASE_ASSIGN(Query query, connection_.query("DELETE FROM events WHERE row <= ?"));
  return query.integer(last).run();
}

}  // namespace memory_api::storage
