#include "apps/memory_api/storage/sqlite_rows.h"

#include <string>

#include "apps/memory_api/memory/uuid.h"

namespace memory_api::storage {

using memory::Memory;

base::Result<Memory> read_memory(const Query& query, int first_column) {
  int column = first_column;
  Memory memory;
  memory.id = memory::uuid_text(query.blob_at(column++));
  memory.text = query.text_at(column++);
  memory.entities.user_id = query.text_at(column++);
  memory.entities.agent_id = query.text_at(column++);
  memory.entities.app_id = query.text_at(column++);
  memory.entities.run_id = query.text_at(column++);
  memory.metadata = query.text_at(column++);
  memory.categories = read_categories(query.text_at(column++));
  memory.role = query.text_at(column++);
  memory.created_at = from_microseconds(query.integer_at(column++));
  memory.updated_at = from_microseconds(query.integer_at(column++));
  if (!query.is_null(column)) {
    memory.expiration = {query.text_at(column + 1), from_microseconds(query.integer_at(column))};
  }
  constexpr int columns_of_expiration = 2;
  column += columns_of_expiration;
  if (query.is_null(column) || query.integer_at(column) == checksum(memory)) return memory;
  return std::unexpected(damaged_row(memory));
}

MemoryRow::MemoryRow(const Memory& memory)
    : memory(memory),
      id(memory::uuid_bytes(memory.id).value_or("")),
      categories(write_categories(memory.categories)) {}

void MemoryRow::bind(Query& query) const {
  query.blob(id).text(memory.text);
  query.text_or_null(memory.entities.user_id).text_or_null(memory.entities.agent_id);
  query.text_or_null(memory.entities.app_id).text_or_null(memory.entities.run_id);
  query.text_or_null(memory.metadata).text_or_null(categories).text(memory.role);
  query.integer(to_microseconds(memory.created_at)).integer(to_microseconds(memory.updated_at));
  if (memory.expiration) {
    query.integer(to_microseconds(memory.expiration->at)).text(memory.expiration->text);
  } else {
    query.null().null();
  }
  query.integer(checksum(memory));
}

}  // namespace memory_api::storage
