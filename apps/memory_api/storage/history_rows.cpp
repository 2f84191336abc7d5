#include "apps/memory_api/storage/history_rows.h"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "apps/memory_api/memory/uuid.h"
#include "apps/memory_api/storage/sqlite_rows.h"

namespace memory_api::storage {
namespace {

using memory::HistoryEntry;
using memory::HistoryEvent;

struct Step {
  HistoryEvent event = HistoryEvent::updated;
  std::optional<std::string_view> old_text = {};
  std::optional<std::string_view> new_text = {};
  base::UtcTime created_at;
  base::UtcTime at;
};

void bind_text(Query& query, const std::optional<std::string_view>& text) {
  if (text) {
    query.text(*text);
  } else {
    query.null();
  }
}

base::Status record(Connection& connection, TenantNumber tenant, std::string_view id, const Step& step) {
  BASE_ASSIGN(
      Query query,
      connection.query("INSERT INTO history(memory, step, tenant, event, old_text, new_text, created_at, at) "
                       "VALUES(?1, (SELECT coalesce(max(step), 0) + 1 FROM history WHERE memory = ?1), "
                       "?2, ?3, ?4, ?5, ?6, ?7)"));
  query.blob(id).integer(tenant).integer(static_cast<int>(step.event));
  bind_text(query, step.old_text);
  bind_text(query, step.new_text);
  return query.integer(to_microseconds(step.created_at)).integer(to_microseconds(step.at)).run();
}

std::optional<std::string> optional_text(const Query& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return query.text_at(column);
}

base::Result<std::optional<memory::Memory>> living(Connection& connection, TenantNumber tenant,
                                                   std::string_view bytes) {
  static const std::string sql =
      fmt::format("SELECT {} FROM memories WHERE tenant = ? AND id = ?", memory_columns);
  BASE_ASSIGN(Query query, connection.query(sql));
  BASE_ASSIGN(const bool exists, query.integer(tenant).blob(bytes).step());
  if (!exists) return std::nullopt;
  return read_memory(query, 0);
}

base::Result<std::vector<HistoryEntry>> later_steps(Connection& connection, TenantNumber tenant,
                                                    std::string_view bytes) {
  std::vector<HistoryEntry> entries;
  BASE_ASSIGN(Query query, connection.query("SELECT event, old_text, new_text, created_at, at FROM history "
                                            "WHERE memory = ? AND tenant = ? ORDER BY step"));
  query.blob(bytes).integer(tenant);
  while (true) {
    BASE_ASSIGN(const bool has_row, query.step());
    if (!has_row) return entries;
    HistoryEntry entry;
    entry.event = static_cast<HistoryEvent>(query.integer_at(0));
    entry.old_text = optional_text(query, 1);
    entry.new_text = optional_text(query, 2);
    entry.created_at = from_microseconds(query.integer_at(3));
    entry.updated_at = from_microseconds(query.integer_at(4));
    entries.push_back(std::move(entry));
  }
}

}  // namespace

base::Status record_update(Connection& connection, TenantNumber tenant, const memory::Memory& old,
                           const memory::Memory& now) {
  const std::string id = memory::uuid_bytes(old.id).value_or("");
  return record(connection, tenant, id,
                {HistoryEvent::updated, old.text, now.text, old.created_at, now.updated_at});
}

base::Status record_removal(Connection& connection, TenantNumber tenant, std::string_view id,
                            base::UtcTime created_at, base::UtcTime at) {
  BASE_ASSIGN(Query forget,
              connection.query("UPDATE history SET old_text = NULL, new_text = NULL WHERE memory = ?"));
  BASE_TRY(forget.blob(id).run());
  return record(connection, tenant, id, {HistoryEvent::deleted, {}, {}, created_at, at});
}

base::Result<std::vector<HistoryEntry>> read_history(Connection& connection, TenantNumber tenant,
                                                     std::string_view id) {
  const auto bytes = memory::uuid_bytes(id);
  if (!bytes) return base::fail(base::ErrorCode::not_found, "the memory does not exist");
  BASE_ASSIGN(const auto memory, living(connection, tenant, *bytes));
  BASE_ASSIGN(auto entries, later_steps(connection, tenant, *bytes));
  if (!memory && entries.empty()) return base::fail(base::ErrorCode::not_found, "the memory does not exist");
  return whole_history(id, memory, std::move(entries));
}

}  // namespace memory_api::storage
