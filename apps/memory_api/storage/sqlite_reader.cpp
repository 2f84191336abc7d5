#include "apps/memory_api/storage/sqlite_reader.h"

#include <fmt/format.h>

#include "apps/memory_api/memory/uuid.h"
#include "apps/memory_api/storage/filter_sql.h"
#include "apps/memory_api/storage/history_rows.h"
#include "apps/memory_api/storage/sqlite_rows.h"
#include "apps/memory_api/storage/sqlite_search.h"
#include "apps/memory_api/storage/vector_rows.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using memory::Entity;
using memory::EntityType;
using memory::Listed;
using memory::Memory;

// Readers must not write even by mistake. 1 MiB of cache each, since the system's own cache stands behind it.
constexpr const char* reader_pragmas =
    "PRAGMA query_only = ON; PRAGMA cache_size = -1024; PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = "
    "5000;"
    "PRAGMA cell_size_check = ON";

constexpr std::size_t bytes_of_an_id = 16;

// Every entity of a tenant with its figures; each arm reads the index of its column alone, but for
// updated_at.
constexpr std::string_view entities_sql =
    "SELECT 0 AS type, user_id AS name, count(*), min(created_at), max(updated_at) FROM memories "
    "  WHERE tenant = ?1 AND user_id IS NOT NULL GROUP BY user_id "
    "UNION ALL SELECT 1, agent_id, count(*), min(created_at), max(updated_at) FROM memories "
    "  WHERE tenant = ?1 AND agent_id IS NOT NULL GROUP BY agent_id "
    "UNION ALL SELECT 2, app_id, count(*), min(created_at), max(updated_at) FROM memories "
    "  WHERE tenant = ?1 AND app_id IS NOT NULL GROUP BY app_id "
    "UNION ALL SELECT 3, run_id, count(*), min(created_at), max(updated_at) FROM memories "
    "  WHERE tenant = ?1 AND run_id IS NOT NULL GROUP BY run_id "
    "ORDER BY type, name";

Entity read_entity(const Query& query, TenantNumber tenant) {
  Entity entity;
  entity.type = static_cast<EntityType>(query.integer_at(0));
  entity.name = query.text_at(1);
  entity.memories = static_cast<std::size_t>(query.integer_at(2));
  entity.created_at = from_microseconds(query.integer_at(3));
  entity.updated_at = from_microseconds(query.integer_at(4));
  entity.id = id_of_entity(tenant, entity);
  return entity;
}

}  // namespace

base::Result<std::unique_ptr<SqliteReader>> SqliteReader::open(const std::filesystem::path& file,
                                                               const std::string& vfs, SearchCaches& caches) {
  BASE_ASSIGN(auto connection, Connection::open(file, Connection::Mode::read, vfs));
  BASE_ASSIGN(auto tokenizer, search::Tokenizer::install(connection->handle()));
  BASE_TRY(install_filter_functions(*connection));
  BASE_TRY(connection->run(reader_pragmas));
  return std::unique_ptr<SqliteReader>(new SqliteReader(std::move(connection), std::move(tokenizer), caches));
}

template <class Read>
auto SqliteReader::in_snapshot(const Read& read) -> decltype(read()) {
  BASE_TRY(connection_->run_cached("BEGIN"));
  auto result = read();
  // SQLite ends a transaction by itself after some failures
  const base::Status ended =
      connection_->in_transaction() ? connection_->run_cached("COMMIT") : base::Status();
  if (result && !ended) return std::unexpected(ended.error());
  return result;
}

base::Result<std::optional<TenantRow>> SqliteReader::tenant(std::string_view key_hash) {
  BASE_ASSIGN(Query query, connection_->query("SELECT number, id, open FROM tenants WHERE key_hash = ?"));
  BASE_ASSIGN(const bool exists, query.text(key_hash).step());
  if (!exists) return std::nullopt;
  return TenantRow{query.integer_at(0), query.text_at(1), query.integer_at(2) != 0};
}

base::Result<bool> SqliteReader::has_stored_tenants() {
  BASE_ASSIGN(const std::int64_t has,
              connection_->integer("SELECT EXISTS(SELECT 1 FROM tenants WHERE open = 0)"));
  return has != 0;
}

base::Result<std::optional<Memory>> SqliteReader::find(TenantNumber tenant, std::string_view id_bytes) {
  static const std::string sql =
      fmt::format("SELECT {} FROM memories WHERE tenant = ? AND id = ?", memory_columns);
  BASE_ASSIGN(Query query, connection_->query(sql));
  BASE_ASSIGN(const bool exists, query.integer(tenant).blob(id_bytes).step());
  if (!exists) return std::nullopt;
  return read_memory(query, 0);
}

base::Result<Memory> SqliteReader::get(TenantNumber tenant, std::string_view id) {
  const auto bytes = memory::uuid_bytes(id);
  if (!bytes) return base::fail(ErrorCode::not_found, "the memory does not exist");
  BASE_ASSIGN(auto memory, find(tenant, *bytes));
  if (!memory) return base::fail(ErrorCode::not_found, "the memory does not exist");
  return *std::move(memory);
}

base::Result<std::vector<memory::HistoryEntry>> SqliteReader::history(TenantNumber tenant,
                                                                      std::string_view id) {
  return in_snapshot([&] { return read_history(*connection_, tenant, id); });
}

base::Result<Listed<Memory>> SqliteReader::list(const ListRequest& request) {
  const FilterSql filter = to_sql(request.filter);
  const std::string where =
      fmt::format("FROM memories WHERE tenant = ? AND {} AND {}",
                  request.expired_before ? "(expires_at IS NULL OR expires_at > ?)" : "1", filter.sql);
  const auto bind = [&](Query& query) -> Query& {
    query.integer(request.tenant);
    if (request.expired_before) query.integer(to_microseconds(*request.expired_before));
    filter.bind(query);
    return query;
  };
  return in_snapshot([&]() -> base::Result<Listed<Memory>> {
    Listed<Memory> listed;
    BASE_ASSIGN(Query count, connection_->query("SELECT count(*) " + where));
    BASE_TRY(bind(count).step());
    listed.total = static_cast<std::size_t>(count.integer_at(0));
    if (request.page.offset() >= listed.total) return listed;
    BASE_ASSIGN(Query query, connection_->query(fmt::format(
                                 "SELECT {} {} ORDER BY created_at DESC, row DESC LIMIT ? OFFSET ?",
                                 memory_columns, where)));
    bind(query).integer(static_cast<std::int64_t>(request.page.size));
    query.integer(static_cast<std::int64_t>(request.page.offset()));
    while (true) {
      BASE_ASSIGN(const bool has_row, query.step());
      if (!has_row) return listed;
      BASE_ASSIGN(Memory memory, read_memory(query, 0));
      listed.items.push_back(std::move(memory));
    }
  });
}

// A table, which is read when it is first needed; for a large tenant a graph, and until that is there a table
// only if it was read when the tenant was smaller.
base::Result<TenantVectors> SqliteReader::vectors_for(const SearchRequest& request) {
  if (request.vector.empty()) return TenantVectors{};
  std::optional<TenantGraph> graph;
  if (caches_.graphs) {
    BASE_ASSIGN(Query query, connection_->query("SELECT memories FROM tenants WHERE number = ?"));
    BASE_ASSIGN(const bool exists, query.integer(request.tenant).step());
    graph = caches_.graphs->of(request.tenant, exists ? static_cast<std::size_t>(query.integer_at(0)) : 0);
  }
  if (!graph) return TenantVectors{caches_.vectors.of(request.tenant, request.vector.size()), {}};
  if (!graph->index) return TenantVectors{caches_.vectors.loaded(request.tenant), {}};
  caches_.vectors.forget(request.tenant);
  return TenantVectors{nullptr, *std::move(graph)};
}

base::Result<std::vector<memory::Scored>> SqliteReader::search(const SearchRequest& request) {
  const auto version = caches_.postings.version();
  BASE_ASSIGN(const TenantVectors vectors, vectors_for(request));
  return in_snapshot([&] {
    return search_memories({*connection_, tokenizer_, caches_.postings}, request, version, vectors);
  });
}

base::Result<std::vector<WaitingText>> SqliteReader::texts_without_vector(std::size_t most) {
  return read_waiting(*connection_, most);
}

base::Result<VectorBacklog> SqliteReader::vector_backlog() {
  return read_backlog(*connection_);
}

base::Result<Listed<Entity>> SqliteReader::entities(TenantNumber tenant, const memory::Page& page) {
  BASE_ASSIGN(Query query, connection_->query(entities_sql));
  query.integer(tenant);
  Listed<Entity> listed;
  const std::size_t first = page.offset();
  while (true) {
    BASE_ASSIGN(const bool has_row, query.step());
    if (!has_row) return listed;
    const std::size_t at = listed.total++;
    if (at >= first && at - first < page.size) listed.items.push_back(read_entity(query, tenant));
  }
}

base::Result<memory::AddEvent> SqliteReader::event(TenantNumber tenant, std::string_view id) {
  const auto bytes = memory::uuid_bytes(id);
  if (!bytes) return base::fail(ErrorCode::not_found, "the event does not exist");
  return in_snapshot([&]() -> base::Result<memory::AddEvent> {
    BASE_ASSIGN(Query query,
                connection_->query("SELECT at, memories FROM events WHERE id = ? AND tenant = ?"));
    BASE_ASSIGN(const bool exists, query.blob(*bytes).integer(tenant).step());
    if (!exists) return base::fail(ErrorCode::not_found, "the event does not exist");
    memory::AddEvent event{std::string(id), from_microseconds(query.integer_at(0)), {}};
    const std::string ids = query.blob_at(1);
    for (std::size_t at = 0; at + bytes_of_an_id <= ids.size(); at += bytes_of_an_id) {
      BASE_ASSIGN(auto memory, find(tenant, std::string_view(ids).substr(at, bytes_of_an_id)));
      if (memory) event.memories.push_back(*std::move(memory));
    }
    return event;
  });
}

base::Result<std::string> SqliteReader::document(TenantNumber tenant, std::string_view kind,
                                                 std::string_view key) {
  BASE_ASSIGN(Query query,
              connection_->query("SELECT body FROM documents WHERE tenant = ? AND kind = ? AND key = ?"));
  BASE_ASSIGN(const bool exists, query.integer(tenant).text(kind).text(key).step());
  if (!exists) return base::fail(ErrorCode::not_found, fmt::format("the {} does not exist", kind));
  return query.text_at(0);
}

base::Status SqliteReader::probe() {
  BASE_TRY(connection_->check_in_place());
  BASE_TRY(connection_->integer("SELECT count(*) FROM upkeep"));
  return {};
}

// --- ReaderPool

ReaderPool::Lease::Lease(ReaderPool& lender) : pool(lender) {
  std::unique_lock lock(pool.mutex_);
  pool.returned_.wait(lock, [this] { return !pool.idle_.empty(); });
  reader = std::move(pool.idle_.back());  // the last one back has the warmest cache
  pool.idle_.pop_back();
}

ReaderPool::Lease::~Lease() {
  {
    const std::lock_guard lock(pool.mutex_);
    pool.idle_.push_back(std::move(reader));
  }
  pool.returned_.notify_one();
}

}  // namespace memory_api::storage
