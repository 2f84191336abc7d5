#include "apps/memory_api/storage/postgres_writer.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "apps/memory_api/memory/uuid.h"
#include "apps/memory_api/resilience/retries.h"
#include "apps/memory_api/search/terms.h"
#include "apps/memory_api/storage/postgres_rows.h"
#include "apps/memory_api/storage/postgres_vectors.h"
#include "base/json.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using base::Result;
using base::Status;
using memory::Memory;

constexpr std::size_t longest_notification = 7'000;  // PostgreSQL takes 7,999 bytes

std::size_t rows_needed(const WriteOperation& operation) {
  if (const auto* add = std::get_if<AddMemories>(&operation)) return add->memories.size();
  if (const auto* revise = std::get_if<ReviseMemories>(&operation)) return revise->added.size();
  return 0;
}

std::vector<std::string> ids_of(const std::vector<memory::BatchChange>& changes) {
  std::vector<std::string> ids;
  for (const auto& entry : changes) ids.push_back(entry.id);
  return ids;
}

}  // namespace

// --- One group.

Result<Outcomes> PostgresWriter::commit(std::span<const WriteOperation* const> group) {
  for (bool may_repeat = true;; may_repeat = false) {
    Outcomes outcomes;
    bool is_committing = false;
    const bool was_connected = connection_ != nullptr;
    const Status done = try_commit(group, outcomes, is_committing);
    const bool lost = !connection_ || connection_->is_broken();
    if (lost) connection_.reset();
    bool committed = done.has_value();
    if (!done && lost && is_committing) {
      BASE_ASSIGN(committed, was_committed());
    }
    if (committed) {
      tell_cache();
      return outcomes;
    }
    // Over a connection from before the server's restart; nothing was committed, so it can be done again.
    const bool is_stale = lost && was_connected && done.error().code != ErrorCode::timeout;
    if (!is_stale || !may_repeat) return std::unexpected(done.error());
  }
}

Status PostgresWriter::connect() {
  if (connection_) return {};
  BASE_ASSIGN(connection_, PgConnection::connect(options_.url, options_.connect_timeout));
  if (options_.synchronous) return {};
  return connection_->run("SET synchronous_commit = off");
}

Status PostgresWriter::try_commit(std::span<const WriteOperation* const> group, Outcomes& outcomes,
                                  bool& is_committing) {
  BASE_TRY(connect());
  changes_.clear();
  awaiting_.clear();
  connection_->set_deadline(std::chrono::steady_clock::now() + options_.group_timeout);
  Status status = begin(group);
  for (const WriteOperation* operation : group) {
    if (!status) break;
    outcomes.push_back(std::visit([&](const auto& kind) { return carry_out(kind); }, *operation));
    if (!outcomes.back() && !is_refusal(outcomes.back().error())) {
      status = std::unexpected(outcomes.back().error());
    }
  }
  if (status) await_vectors();
  if (status) status = count();
  if (!status) {
    connection_->abandon(status.error());
    static_cast<void>(connection_->finish());
    return status;
  }
  is_committing = true;
  connection_->queue("COMMIT");
  return connection_->finish();
}

// The lock that makes us the only writer, and numbers for the rows to come.
Status PostgresWriter::begin(std::span<const WriteOperation* const> group) {
  std::size_t rows = 0;
  for (const WriteOperation* operation : group) rows += rows_needed(*operation);
  connection_->queue("BEGIN");
  BASE_ASSIGN(const PgRows locked,
              connection_->fetch("UPDATE writer SET next_row = next_row + $1 "
                                 "RETURNING next_row - $1, pg_current_xact_id()::text, embedder",
                                 PgParameters().integer(static_cast<std::int64_t>(rows))));
  if (locked.size() != 1) {
    return base::fail(ErrorCode::corrupt, connection_->server() + ": the table writer is damaged");
  }
  next_row_ = locked.integer(0, 0);
  transaction_ = locked.text(0, 1);
  has_vectors_ = locked.integer(0, 2) != 0;
  return {};
}

// The figures that ranking needs of each tenant, and the version that tells caches of the change.
Status PostgresWriter::count() {
  std::erase_if(changes_, [](const auto& change) { return !change.second.has_words; });
  if (changes_.empty()) return {};
  std::vector<std::int64_t> tenants, memories, terms;
  for (const auto& [tenant, change] : changes_) {
    tenants.push_back(tenant);
    memories.push_back(change.memories);
    terms.push_back(change.terms);
  }
  BASE_ASSIGN(const PgRows rows,
              connection_->fetch("UPDATE tenants t SET memories = t.memories + x.memories, "
                                 "terms = t.terms + x.terms, version = t.version + 1 "
                                 "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) "
                                 "AS x(number, memories, terms) WHERE t.number = x.number "
                                 "RETURNING t.number, t.version",
                                 PgParameters().integers(tenants).integers(memories).integers(terms)));
  std::string payload = options_.sender;
  const auto notify = [&] {
    connection_->queue("SELECT pg_notify($1, $2)", PgParameters().text(changes_channel).text(payload));
  };
  for (int i = 0; i < rows.size(); ++i) {
    changes_[rows.integer(i, 0)].version = rows.integer(i, 1);
    payload += fmt::format(" {}:{}", rows.integer(i, 0), rows.integer(i, 1));
    if (payload.size() < longest_notification) continue;
    notify();
    payload = options_.sender;
  }
  if (payload != options_.sender) notify();
  return {};
}

void PostgresWriter::await_vectors() {
  if (awaiting_.empty()) return;
  std::vector<std::int64_t> rows, since;
  for (const auto& [row, at] : awaiting_) {
    rows.push_back(row);
    since.push_back(to_microseconds(at));
  }
  connection_->queue(
      "INSERT INTO vectors_waiting SELECT * FROM unnest($1::bigint[], $2::bigint[]) "
      "ON CONFLICT(row) DO UPDATE SET since = excluded.since",
      PgParameters().integers(rows).integers(since));
}

// After a lost connection. Until the server has noticed that too, the transaction is in progress.
Result<bool> PostgresWriter::was_committed() {
  const auto deadline = std::chrono::steady_clock::now() + options_.connect_timeout;
  base::Error error{
      .code = ErrorCode::unavailable,
      .message = "PostgreSQL was lost while it committed; whether the write is done is not known",
      .hint = "read before you write again"};
  base::Random random(base::entropy_seed());
  for (int attempt = 1; std::chrono::steady_clock::now() < deadline; ++attempt) {
    if (connect()) {
      connection_->set_deadline(deadline);
      const auto rows =
          connection_->fetch("SELECT pg_xact_status($1::text::xid8)", PgParameters().text(transaction_));
      const std::string state = rows && rows->size() == 1 ? rows->text(0, 0) : "";
      const Status finished = connection_->finish();
      if (finished && state == "committed") return true;
      if (finished && state == "aborted") return false;
      if (connection_->is_broken()) connection_.reset();
    }
    std::this_thread::sleep_for(
        resilience::backoff(attempt, std::chrono::milliseconds(20), std::chrono::milliseconds(300), random));
  }
  return std::unexpected(std::move(error));
}

void PostgresWriter::tell_cache() {
  for (auto& [tenant, change] : changes_) cache_.apply(tenant, change.version, std::move(change.index));
}

// --- The operations. What they only write is not waited for: a failure shows at the end.

PostgresWriter::Outcome PostgresWriter::carry_out(const AddTenant& operation) {
  BASE_ASSIGN(
      const PgRows rows,
      connection_->fetch("INSERT INTO tenants(key_hash, id, open) VALUES($1, $2, $3) "
                         "ON CONFLICT DO NOTHING RETURNING number",
                         PgParameters().text(operation.key_hash).text(operation.id).boolean(operation.open)));
  if (rows.size() == 0) return base::fail(ErrorCode::conflict, "the key exists already");
  return WriteOutcome{1, {rows.integer(0, 0), operation.id, operation.open}, {}};
}

PostgresWriter::Outcome PostgresWriter::carry_out(const AddMemories& operation) {
  for (const Memory& memory : operation.memories) insert(operation.tenant, memory, operation.at);
  record_event(operation.tenant, operation.event_id, operation.at, operation.memories);
  return WriteOutcome{operation.memories.size(), {}, {}};
}

PostgresWriter::Outcome PostgresWriter::carry_out(const UpdateMemories& operation) {
  BASE_ASSIGN(const auto known, find_memories(*connection_, operation.tenant, ids_of(operation.changes)));
  WriteOutcome outcome{known.size(), {}, {}};
  for (std::size_t i = 0; i < known.size(); ++i) {
    outcome.memories.push_back(update(operation.tenant, known[i], operation.changes[i].change, operation.at));
  }
  return outcome;
}

PostgresWriter::Outcome PostgresWriter::carry_out(const RemoveMemories& operation) {
  BASE_ASSIGN(const auto doomed, find_memories(*connection_, operation.tenant, operation.ids));
  remove(operation.tenant, doomed, operation.at);
  return WriteOutcome{doomed.size(), {}, {}};
}

PostgresWriter::Outcome PostgresWriter::carry_out(const RemoveMatching& operation) {
  std::vector<NumberedMemory> doomed;
  BASE_TRY(for_each_match(*connection_, operation.tenant, operation.filter, std::nullopt,
                          [&](NumberedMemory match) {
                            doomed.push_back(std::move(match));
                            return true;
                          }));
  remove(operation.tenant, doomed, operation.at);
  return WriteOutcome{doomed.size(), {}, {}};
}

PostgresWriter::Outcome PostgresWriter::carry_out(const PutDocument& operation) {
  if (!operation.about_memory.empty()) {
    BASE_TRY(find_memories(*connection_, operation.tenant, {operation.about_memory}));
  }
  std::string body = operation.body;
  if (operation.merge) {
    auto known = read_document(*connection_, operation.tenant, operation.kind, operation.key);
    if (!known && known.error().code != ErrorCode::not_found) return std::unexpected(known.error());
    if (known) {
      base::Json merged = base::Json::parse(*known, nullptr, false);
      merged.merge_patch(base::Json::parse(body, nullptr, false));
      body = base::dump(merged);
    }
  }
  connection_->queue(
      "INSERT INTO documents(tenant, kind, key, body) VALUES($1, $2, $3, $4) "
      "ON CONFLICT(tenant, kind, key) DO UPDATE SET body = excluded.body",
      PgParameters().integer(operation.tenant).text(operation.kind).text(operation.key).text(body));
  return WriteOutcome{1, {}, {}};
}

// Everything is looked up before anything is written, so that a refusal changes nothing.
PostgresWriter::Outcome PostgresWriter::carry_out(const ReviseMemories& operation) {
  BASE_ASSIGN(const auto changed, find_memories(*connection_, operation.tenant, ids_of(operation.changes)));
  BASE_ASSIGN(const auto removed, find_memories(*connection_, operation.tenant, operation.removed));
  std::vector<Memory> touched = operation.added;
  for (const Memory& memory : operation.added) insert(operation.tenant, memory, operation.at);
  for (std::size_t i = 0; i < changed.size(); ++i) {
    touched.push_back(update(operation.tenant, changed[i], operation.changes[i].change, operation.at));
  }
  remove(operation.tenant, removed, operation.at);
  record_event(operation.tenant, operation.event_id, operation.at, touched);
  const std::size_t count = touched.size() + removed.size();
  return WriteOutcome{count, {}, std::move(touched)};
}

// A new embedder touches every memory, which takes longer than other writes.
PostgresWriter::Outcome PostgresWriter::carry_out(const UseEmbedder& operation) {
  connection_->set_deadline(std::chrono::steady_clock::now() + options_.new_embedder_timeout);
  BASE_TRY(use_embedder(*connection_, operation));
  has_vectors_ = true;
  return WriteOutcome{};
}

PostgresWriter::Outcome PostgresWriter::carry_out(const PutVectors& operation) {
  BASE_ASSIGN(const auto rows, put_vectors(*connection_, operation));
  for (const std::int64_t row : rows) awaiting_.erase(row);
  return WriteOutcome{rows.size(), {}, {}};
}

// --- One memory.

void PostgresWriter::insert(TenantNumber tenant, const Memory& memory, base::UtcTime at) {
  static const std::string sql = fmt::format("INSERT INTO memories(row, tenant, {}) VALUES({})",
                                             memory_columns, placeholders(1, 2 + count_of_memory_columns));
  const std::int64_t row = next_row_++;
  PgParameters parameters;
  bind_memory(parameters.integer(row).integer(tenant), memory);
  connection_->queue(sql, parameters);
  ++changes_[tenant].memories;
  changes_[tenant].has_words = true;
  add_words(Words::add, tenant, row, memory.text);
  awaiting_[row] = at;
}

Memory PostgresWriter::update(TenantNumber tenant, const NumberedMemory& old,
                              const memory::MemoryChange& change, base::UtcTime at) {
  static const std::string sql = fmt::format("UPDATE memories SET ({}) = ({}) WHERE row = $1", memory_columns,
                                             placeholders(2, count_of_memory_columns));
  Memory now = changed(old.memory, change, at);
  PgParameters parameters;
  bind_memory(parameters.integer(old.row), now);
  connection_->queue(sql, parameters);
  if (now.text != old.memory.text) {
    remove_words(tenant, {{old.row, old.memory.text}});
    add_words(Words::replace, tenant, old.row, now.text);
    drop_vectors({old.row});
    awaiting_[old.row] = at;
  }
  connection_->queue(
      "INSERT INTO history(memory, step, tenant, event, old_text, new_text, created_at, at) "
      "SELECT $1, coalesce(max(step), 0) + 1, $2, $3, $4, $5, $6, $7 FROM history WHERE memory = $1",
      PgParameters()
          .uuid(memory::uuid_bytes(now.id).value_or(""))
          .integer(tenant)
          .integer(static_cast<int>(memory::HistoryEvent::updated))
          .text(old.memory.text)
          .text(now.text)
          .integer(to_microseconds(now.created_at))
          .integer(to_microseconds(now.updated_at)));
  return now;
}

void PostgresWriter::remove(TenantNumber tenant, const std::vector<NumberedMemory>& doomed,
                            base::UtcTime at) {
  if (doomed.empty()) return;
  std::vector<std::int64_t> rows, created;
  std::vector<std::string> ids, names;
  std::vector<std::pair<std::int64_t, std::string_view>> texts;
  for (const NumberedMemory& one : doomed) {
    rows.push_back(one.row);
    created.push_back(to_microseconds(one.memory.created_at));
    ids.push_back(memory::uuid_bytes(one.memory.id).value_or(""));
    names.push_back(one.memory.id);
    texts.emplace_back(one.row, one.memory.text);
  }
  remove_words(tenant, texts);
  connection_->queue("UPDATE history SET old_text = NULL, new_text = NULL WHERE memory = ANY($1)",
                     PgParameters().uuids(ids));
  connection_->queue(
      "INSERT INTO history(memory, step, tenant, event, created_at, at) "
      "SELECT x.id, (SELECT coalesce(max(step), 0) + 1 FROM history WHERE memory = x.id), $1, $2, x.created, "
      "$3 "
      "FROM unnest($4::uuid[], $5::bigint[]) AS x(id, created)",
      PgParameters()
          .integer(tenant)
          .integer(static_cast<int>(memory::HistoryEvent::deleted))
          .integer(to_microseconds(at))
          .uuids(ids)
          .integers(created));
  connection_->queue("DELETE FROM documents WHERE tenant = $1 AND kind = 'feedback' AND key = ANY($2)",
                     PgParameters().integer(tenant).texts(names));
  connection_->queue("DELETE FROM memories WHERE row = ANY($1)", PgParameters().integers(rows));
  drop_vectors(rows);
  connection_->queue("DELETE FROM vectors_waiting WHERE row = ANY($1)", PgParameters().integers(rows));
  for (const std::int64_t row : rows) awaiting_.erase(row);
  changes_[tenant].memories -= static_cast<std::int64_t>(doomed.size());
  changes_[tenant].has_words = true;
}

// Without an embedder the table may not even be there.
void PostgresWriter::drop_vectors(const std::vector<std::int64_t>& rows) {
  if (!has_vectors_) return;
  connection_->queue("DELETE FROM vectors WHERE row = ANY($1)", PgParameters().integers(rows));
}

void PostgresWriter::record_event(TenantNumber tenant, std::string_view id, base::UtcTime at,
                                  const std::vector<Memory>& memories) {
  std::vector<std::string> ids;
  for (const Memory& memory : memories) ids.push_back(memory::uuid_bytes(memory.id).value_or(""));
  connection_->queue("INSERT INTO events(id, tenant, at, memories) VALUES($1, $2, $3, $4)",
                     PgParameters()
                         .uuid(memory::uuid_bytes(id).value_or(""))
                         .integer(tenant)
                         .integer(to_microseconds(at))
                         .uuids(ids));
}

// --- Words.

void PostgresWriter::add_words(Words what, TenantNumber tenant, std::int64_t row, std::string_view text) {
  std::vector<std::string> terms = tokenizer_.terms(tenant, text);
  TenantChange& change = changes_[tenant];
  change.has_words = true;
  change.terms += static_cast<std::int64_t>(terms.size());
  std::vector<std::string> names;
  std::vector<std::int64_t> numbers;
  for (search::TermPosting& posting : search::postings_of(row, std::move(terms))) {
    names.push_back(posting.term);
    numbers.push_back(posting.posting.number());
    if (what == Words::add) {
      change.index.additions.push_back({std::move(posting.term), posting.posting});
    } else {
      change.index.stale_terms.push_back(std::move(posting.term));
    }
  }
  if (names.empty()) return;
  connection_->queue("INSERT INTO words(term, posting) SELECT * FROM unnest($1::text[], $2::bigint[])",
                     PgParameters().texts(names).integers(numbers));
}

void PostgresWriter::remove_words(TenantNumber tenant,
                                  const std::vector<std::pair<std::int64_t, std::string_view>>& texts) {
  TenantChange& change = changes_[tenant];
  change.has_words = true;
  std::vector<std::string> names;
  std::vector<std::int64_t> numbers;
  for (const auto& [row, text] : texts) {
    std::vector<std::string> terms = tokenizer_.terms(tenant, text);
    change.terms -= static_cast<std::int64_t>(terms.size());
    for (search::TermPosting& posting : search::postings_of(row, std::move(terms))) {
      names.push_back(posting.term);
      numbers.push_back(posting.posting.number());
      change.index.stale_terms.push_back(std::move(posting.term));
    }
  }
  if (names.empty()) return;
  connection_->queue(
      "DELETE FROM words w USING unnest($1::text[], $2::bigint[]) AS x(term, posting) "
      "WHERE w.term = x.term AND w.posting = x.posting",
      PgParameters().texts(names).integers(numbers));
}

// --- Upkeep.

Status PostgresWriter::prune_events(base::UtcTime before) {
  BASE_TRY(connect());
  connection_->set_deadline(std::chrono::steady_clock::now() + options_.group_timeout);
  connection_->queue(
      "DELETE FROM events WHERE number IN "
      "(SELECT number FROM events WHERE at < $1 ORDER BY number LIMIT 500)",
      PgParameters().integer(to_microseconds(before)));
  Status pruned = connection_->finish();
  if (connection_->is_broken()) connection_.reset();
  return pruned;
}

}  // namespace memory_api::storage
