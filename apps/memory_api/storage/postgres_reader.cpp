#include "apps/memory_api/storage/postgres_reader.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include <fmt/format.h>

#include "apps/memory_api/memory/uuid.h"
#include "apps/memory_api/storage/postgres_filter.h"
#include "apps/memory_api/storage/postgres_rows.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using base::Result;
using memory::Listed;
using memory::Memory;

constexpr std::int64_t rows_at_a_time = 500;

const std::string& numbered_columns() {
  static const std::string columns = fmt::format("row, {}", memory_columns);
  return columns;
}

std::unexpected<base::Error> no_memory() {
  return base::fail(ErrorCode::not_found, "the memory does not exist");
}

Result<Listed<Memory>> list_exactly(PgConnection& connection, MatchingRows condition,
                                    const memory::Page& page) {
  Listed<Memory> listed;
  BASE_ASSIGN(const PgRows count,
              connection.fetch(fmt::format("SELECT count(*) FROM memories WHERE {}", condition.sql),
                               condition.parameters));
  listed.total = static_cast<std::size_t>(count.integer(0, 0));
  if (page.offset() >= listed.total) return listed;
  const std::size_t next = condition.parameters.size() + 1;
  condition.parameters.integer(static_cast<std::int64_t>(page.size));
  condition.parameters.integer(static_cast<std::int64_t>(page.offset()));
  BASE_ASSIGN(const PgRows rows,
              connection.fetch(fmt::format("SELECT {} FROM memories WHERE {} "
                                           "ORDER BY created_at DESC, row DESC LIMIT ${} OFFSET ${}",
                                           memory_columns, condition.sql, next, next + 1),
                               condition.parameters));
  for (int i = 0; i < rows.size(); ++i) {
    BASE_ASSIGN(Memory memory, read_memory(rows, i, 0));
    listed.items.push_back(std::move(memory));
  }
  return listed;
}

Result<Listed<Memory>> list_by_asking_each(PgConnection& connection, const ListRequest& request) {
  Listed<Memory> listed;
  const std::size_t first = request.page.offset();
  BASE_TRY(for_each_match(connection, request.tenant, request.filter, request.expired_before,
                          [&](NumberedMemory match) {
                            const std::size_t at = listed.total++;
                            if (at >= first && at - first < request.page.size) {
                              listed.items.push_back(std::move(match.memory));
                            }
                            return true;
                          }));
  return listed;
}

}  // namespace

Result<std::vector<NumberedMemory>> find_memories(PgConnection& connection, TenantNumber tenant,
                                                  const std::vector<std::string>& ids) {
  std::vector<std::string> known_forms;
  for (const std::string& id : ids) {
    if (auto bytes = memory::uuid_bytes(id)) known_forms.push_back(*std::move(bytes));
  }
  static const std::string sql =
      fmt::format("SELECT {} FROM memories WHERE tenant = $1 AND id = ANY($2)", numbered_columns());
  BASE_ASSIGN(const PgRows rows, connection.fetch(sql, PgParameters().integer(tenant).uuids(known_forms)));
  std::unordered_map<std::string, NumberedMemory> found;
  for (int i = 0; i < rows.size(); ++i) {
    BASE_ASSIGN(Memory memory, read_memory(rows, i, 1));
    std::string id = memory.id;
    found.emplace(std::move(id), NumberedMemory{rows.integer(i, 0), std::move(memory)});
  }
  if (found.size() != ids.size()) return std::unexpected(unknown_memories(found.size(), ids.size()));
  std::vector<NumberedMemory> ordered;
  for (const std::string& id : ids) ordered.push_back(std::move(found.at(id)));
  return ordered;
}

// Some hundred rows at a time, each lot behind the last row of the one before.
base::Status for_each_match(PgConnection& connection, TenantNumber tenant, const memory::Filter& filter,
                            std::optional<base::UtcTime> expired_before,
                            const std::function<bool(NumberedMemory)>& take) {
  MatchingRows condition = matching_rows(tenant, filter, expired_before);
  const std::size_t next = condition.parameters.size() + 1;
  const std::string sql = fmt::format(
      "SELECT {} FROM memories WHERE {} AND (created_at, row) < (${}, ${}) "
      "ORDER BY created_at DESC, row DESC LIMIT {}",
      numbered_columns(), condition.sql, next, next + 1, rows_at_a_time);
  std::int64_t created_at = std::numeric_limits<std::int64_t>::max();
  std::int64_t row = std::numeric_limits<std::int64_t>::max();
  while (true) {
    PgParameters parameters = condition.parameters;
    BASE_ASSIGN(const PgRows rows, connection.fetch(sql, parameters.integer(created_at).integer(row)));
    for (int i = 0; i < rows.size(); ++i) {
      BASE_ASSIGN(Memory memory, read_memory(rows, i, 1));
      row = rows.integer(i, 0);
      created_at = to_microseconds(memory.created_at);
      if (!condition.is_exact && !memory::matches(filter, memory)) continue;
      if (!take({row, std::move(memory)})) return {};
    }
    if (rows.size() < rows_at_a_time) return {};
  }
}

Result<std::optional<TenantRow>> read_tenant(PgConnection& connection, std::string_view key_hash) {
  BASE_ASSIGN(const PgRows rows, connection.fetch("SELECT number, id, open FROM tenants WHERE key_hash = $1",
                                                  PgParameters().text(key_hash)));
  if (rows.size() == 0) return std::nullopt;
  return TenantRow{rows.integer(0, 0), rows.text(0, 1), rows.boolean(0, 2)};
}

Result<bool> read_has_stored_tenants(PgConnection& connection) {
  BASE_ASSIGN(const PgRows rows, connection.fetch("SELECT EXISTS(SELECT 1 FROM tenants WHERE NOT open)"));
  return rows.boolean(0, 0);
}

Result<std::vector<memory::HistoryEntry>> read_history(PgConnection& connection, TenantNumber tenant,
                                                       std::string_view id) {
  const auto bytes = memory::uuid_bytes(id);
  if (!bytes) return no_memory();
  auto living = find_memories(connection, tenant, {std::string(id)});
  if (!living && living.error().code != ErrorCode::not_found) return std::unexpected(living.error());
  BASE_ASSIGN(const PgRows rows,
              connection.fetch("SELECT event, old_text, new_text, created_at, at FROM history "
                               "WHERE memory = $1 AND tenant = $2 ORDER BY step",
                               PgParameters().uuid(*bytes).integer(tenant)));
  if (!living && rows.size() == 0) return no_memory();
  std::vector<memory::HistoryEntry> entries;
  for (int i = 0; i < rows.size(); ++i) {
    memory::HistoryEntry entry;
    entry.event = static_cast<memory::HistoryEvent>(rows.integer(i, 0));
    if (!rows.is_null(i, 1)) entry.old_text = rows.text(i, 1);
    if (!rows.is_null(i, 2)) entry.new_text = rows.text(i, 2);
    entry.created_at = from_microseconds(rows.integer(i, 3));
    entry.updated_at = from_microseconds(rows.integer(i, 4));
    entries.push_back(std::move(entry));
  }
  const auto memory = living ? std::optional(std::move(living->front().memory)) : std::nullopt;
  return whole_history(id, memory, std::move(entries));
}

Result<Listed<Memory>> read_list(PgConnection& connection, const ListRequest& request) {
  MatchingRows condition = matching_rows(request.tenant, request.filter, request.expired_before);
  if (condition.is_exact) return list_exactly(connection, std::move(condition), request.page);
  return list_by_asking_each(connection, request);
}

Result<Listed<memory::Entity>> read_entities(PgConnection& connection, TenantNumber tenant,
                                             const memory::Page& page) {
  constexpr std::array columns = {"user_id", "agent_id", "app_id", "run_id"};
  static const std::string sql = [&] {
    std::string text;
    for (std::size_t type = 0; type < columns.size(); ++type) {
      text += fmt::format(
          "{}SELECT {}::bigint AS type, {} AS name, count(*), min(created_at), max(updated_at) "
          "FROM memories WHERE tenant = $1 AND {} IS NOT NULL GROUP BY {}",
          type == 0 ? "" : " UNION ALL ", type, columns[type], columns[type], columns[type]);
    }
    return text + " ORDER BY type, name";
  }();
  BASE_ASSIGN(const PgRows rows, connection.fetch(sql, PgParameters().integer(tenant)));
  Listed<memory::Entity> listed;
  listed.total = static_cast<std::size_t>(rows.size());
  const std::size_t first = page.offset();
  for (std::size_t at = first; at < listed.total && at - first < page.size; ++at) {
    const auto row = static_cast<int>(at);
    memory::Entity entity;
    entity.type = static_cast<memory::EntityType>(rows.integer(row, 0));
    entity.name = rows.text(row, 1);
    entity.memories = static_cast<std::size_t>(rows.integer(row, 2));
    entity.created_at = from_microseconds(rows.integer(row, 3));
    entity.updated_at = from_microseconds(rows.integer(row, 4));
    entity.id = id_of_entity(tenant, entity);
    listed.items.push_back(std::move(entity));
  }
  return listed;
}

Result<memory::AddEvent> read_event(PgConnection& connection, TenantNumber tenant, std::string_view id) {
  const auto bytes = memory::uuid_bytes(id);
  if (!bytes) return base::fail(ErrorCode::not_found, "the event does not exist");
  BASE_ASSIGN(const PgRows at, connection.fetch("SELECT at FROM events WHERE id = $1 AND tenant = $2",
                                                PgParameters().uuid(*bytes).integer(tenant)));
  if (at.size() == 0) return base::fail(ErrorCode::not_found, "the event does not exist");
  static const std::string sql = fmt::format(
      "SELECT {} FROM events e CROSS JOIN unnest(e.memories) WITH ORDINALITY AS named(memory, place) "
      "JOIN LATERAL (SELECT * FROM memories WHERE tenant = $2 AND id = named.memory) AS m ON true "
      "WHERE e.id = $1 ORDER BY place",
      [] {
        std::string columns(memory_columns);
        std::string qualified = "m.";
        for (const char c : columns) qualified += c == ' ' ? " m." : std::string(1, c);
        return qualified;
      }());
  BASE_ASSIGN(const PgRows rows, connection.fetch(sql, PgParameters().uuid(*bytes).integer(tenant)));
  memory::AddEvent event{std::string(id), from_microseconds(at.integer(0, 0)), {}};
  for (int i = 0; i < rows.size(); ++i) {
    BASE_ASSIGN(Memory memory, read_memory(rows, i, 0));
    event.memories.push_back(std::move(memory));
  }
  return event;
}

Result<std::string> read_document(PgConnection& connection, TenantNumber tenant, std::string_view kind,
                                  std::string_view key) {
  const bool storable = is_storable(kind) && is_storable(key);
  PgRows rows;
  if (storable) {
    BASE_ASSIGN(rows,
                connection.fetch("SELECT body FROM documents WHERE tenant = $1 AND kind = $2 AND key = $3",
                                 PgParameters().integer(tenant).text(kind).text(key)));
  }
  if (storable && rows.size() == 1) return rows.text(0, 0);
  return base::fail(ErrorCode::not_found, fmt::format("the {} does not exist", kind));
}

}  // namespace memory_api::storage
