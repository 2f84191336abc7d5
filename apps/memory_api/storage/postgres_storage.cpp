#include "apps/memory_api/storage/postgres_storage.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "apps/memory_api/search/standalone_tokenizer.h"
#include "apps/memory_api/search/tenant_postings.h"
#include "apps/memory_api/search/terms.h"
#include "apps/memory_api/storage/group_committer.h"
#include "apps/memory_api/storage/postgres_monitor.h"
#include "apps/memory_api/storage/postgres_pool.h"
#include "apps/memory_api/storage/postgres_reader.h"
#include "apps/memory_api/storage/postgres_rows.h"
#include "apps/memory_api/storage/postgres_schema.h"
#include "apps/memory_api/storage/postgres_vectors.h"
#include "apps/memory_api/storage/postgres_writer.h"
#include "base/random.h"

namespace memory_api::storage {
namespace {

using base::Result;
using base::Status;
using memory::Listed;
using memory::Memory;

constexpr auto time_to_open = std::chrono::seconds(5);

bool is_storable(const Memory& memory) {
  const auto& [user, agent, app, run] = memory.entities;
  return storage::is_storable(memory.text) && storage::is_storable(user) && storage::is_storable(agent) &&
         storage::is_storable(app) && storage::is_storable(run) && storage::is_storable(memory.role) &&
         (!memory.expiration || storage::is_storable(memory.expiration->text));
}

bool is_storable(const memory::BatchChange& entry) {
  const auto& expiration = entry.change.expiration;
  return storage::is_storable(entry.change.text.value_or("")) &&
         (!expiration || !*expiration || storage::is_storable((*expiration)->text));
}

bool is_storable(const PutDocument& document) {
  return storage::is_storable(document.kind) && storage::is_storable(document.key) &&
         storage::is_storable(document.body);
}

bool is_storable(const WriteOperation& operation) {
  const auto all = [](const auto& items) {
    return std::ranges::all_of(items, [](const auto& item) { return is_storable(item); });
  };
  if (const auto* add = std::get_if<AddMemories>(&operation)) return all(add->memories);
  if (const auto* update = std::get_if<UpdateMemories>(&operation)) return all(update->changes);
  if (const auto* use = std::get_if<UseEmbedder>(&operation)) return storage::is_storable(use->name);
  if (const auto* document = std::get_if<PutDocument>(&operation)) return is_storable(*document);
  if (const auto* revise = std::get_if<ReviseMemories>(&operation)) {
    return all(revise->added) && all(revise->changes);
  }
  return true;
}

class PostgresStorage final : public MemoryStorage {
 public:
  PostgresStorage(const PostgresOptions& options, std::unique_ptr<search::StandaloneTokenizer> writing,
                  std::unique_ptr<search::StandaloneTokenizer> reading)
      : writing_tokenizer_(std::move(writing)),
        reading_tokenizer_(std::move(reading)),
        cache_(options.postings_cache_bytes),
        pool_({.url = options.url, .connections = std::clamp<std::size_t>(options.connections, 1, 1'000)}),
        monitor_(options.url, sender_, pool_, cache_),
        writer_(std::make_unique<PostgresWriter>(
            PostgresWriterOptions{.url = options.url, .sender = sender_, .synchronous = options.synchronous},
            *writing_tokenizer_, cache_)) {}
  ~PostgresStorage() override { close(); }

  void write(WriteOperation operation, WriteDone done) override {
    if (!is_storable(operation)) {
      return done(base::fail(base::ErrorCode::invalid_argument,
                             "a text holds the character U+0000, which PostgreSQL cannot keep"));
    }
    if (std::holds_alternative<UseEmbedder>(operation)) done = noting_embedder(std::move(done));
    writer_.submit(std::move(operation), std::move(done));
  }
  Result<std::optional<TenantRow>> tenant(std::string_view key_hash) override {
    return ask([&](PgConnection& connection) { return read_tenant(connection, key_hash); });
  }
  Result<bool> has_stored_tenants() override {
    return ask([&](PgConnection& connection) { return read_has_stored_tenants(connection); });
  }
  Result<Memory> get(TenantNumber tenant, std::string_view id) override {
    return ask([&](PgConnection& connection) -> Result<Memory> {
      BASE_ASSIGN(auto found, find_memories(connection, tenant, {std::string(id)}));
      return std::move(found.front().memory);
    });
  }
  Result<std::vector<memory::HistoryEntry>> history(TenantNumber tenant, std::string_view id) override {
    return ask([&](PgConnection& connection) { return read_history(connection, tenant, id); });
  }
  Result<Listed<Memory>> list(const ListRequest& request) override {
    return ask([&](PgConnection& connection) { return read_list(connection, request); });
  }
  Result<std::vector<memory::Scored>> search(const SearchRequest& request) override {
    const auto terms = search::distinct_terms(reading_tokenizer_->terms(request.tenant, request.text));
    return ask([&](PgConnection& connection) { return search_memories(connection, cache_, request, terms); });
  }
  Result<std::vector<WaitingText>> texts_without_vector(std::size_t most) override {
    return ask([&](PgConnection& connection) { return read_waiting(connection, most); });
  }
  Result<VectorBacklog> vector_backlog() override { return monitor_.backlog(); }
  Status can_keep_vectors() override {
    return pool_.with([](PgConnection& connection) {
      return in_transaction(connection, "BEGIN", [&] { return prepare_vectors(connection); });
    });
  }
  Result<Listed<memory::Entity>> entities(TenantNumber tenant, const memory::Page& page) override {
    return ask([&](PgConnection& connection) { return read_entities(connection, tenant, page); });
  }
  Result<memory::AddEvent> event(TenantNumber tenant, std::string_view id) override {
    return ask([&](PgConnection& connection) { return read_event(connection, tenant, id); });
  }
  Result<std::string> document(TenantNumber tenant, std::string_view kind, std::string_view key) override {
    return ask([&](PgConnection& connection) { return read_document(connection, tenant, kind, key); });
  }

  bool is_remote() const override { return true; }
  Status probe() override { return monitor_.health().status; }
  std::optional<std::chrono::nanoseconds> probe_latency() const override { return monitor_.health().latency; }
  // That the server was away says nothing once it is back.
  std::optional<base::Error> write_error() const override {
    auto error = writer_.write_error();
    if (error && is_lost(*error) && monitor_.health().status) return std::nullopt;
    return error;
  }
  Counters counters() const override { return writer_.counters(); }
  void close() override { writer_.close(); }

 private:
  template <class Read>
  std::invoke_result_t<Read, PgConnection&> ask(const Read& read) {
    return pool_.with(
        [&](PgConnection& connection) { return in_snapshot(connection, [&] { return read(connection); }); });
  }

  WriteDone noting_embedder(WriteDone done) {
    return [this, done = std::move(done)](Result<WriteOutcome> outcome) mutable {
      monitor_.embedder_changed();
      done(std::move(outcome));
    };
  }

  const std::string sender_ = base::random_uuid();
  std::unique_ptr<search::StandaloneTokenizer> writing_tokenizer_;
  std::unique_ptr<search::StandaloneTokenizer> reading_tokenizer_;
  search::TenantPostings cache_;
  PostgresPool pool_;
  PostgresMonitor monitor_;
  GroupCommitter writer_;  // goes first
};

}  // namespace

Result<std::unique_ptr<MemoryStorage>> open_postgres_storage(const PostgresOptions& options) {
  BASE_ASSIGN(auto connection, PgConnection::connect(options.url, time_to_open));
  connection->set_deadline(std::chrono::steady_clock::now() + time_to_open);
  BASE_TRY(migrate(*connection));
  BASE_ASSIGN(auto writing, search::StandaloneTokenizer::make());
  BASE_ASSIGN(auto reading, search::StandaloneTokenizer::make());
  return std::make_unique<PostgresStorage>(options, std::move(writing), std::move(reading));
}

}  // namespace memory_api::storage
