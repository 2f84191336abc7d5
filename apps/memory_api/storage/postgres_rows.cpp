#include "apps/memory_api/storage/postgres_rows.h"

#include "apps/memory_api/memory/uuid.h"

namespace memory_api::storage {

using memory::Memory;

base::Result<Memory> read_memory(const PgRows& rows, int row, int first_column) {
  int column = first_column;
  Memory memory;
  memory.id = memory::uuid_text(rows.text(row, column++));
  memory.text = rows.text(row, column++);
  memory.entities.user_id = rows.text(row, column++);
  memory.entities.agent_id = rows.text(row, column++);
  memory.entities.app_id = rows.text(row, column++);
  memory.entities.run_id = rows.text(row, column++);
  memory.metadata = rows.text(row, column++);
  memory.categories = read_categories(rows.text(row, column++));
  memory.role = rows.text(row, column++);
  memory.created_at = from_microseconds(rows.integer(row, column++));
  memory.updated_at = from_microseconds(rows.integer(row, column++));
  if (!rows.is_null(row, column)) {
    memory.expiration = {rows.text(row, column + 1), from_microseconds(rows.integer(row, column))};
  }
  constexpr int columns_of_expiration = 2;
  column += columns_of_expiration;
  if (rows.integer(row, column) == checksum(memory)) return memory;
  return std::unexpected(damaged_row(memory));
}

void bind_memory(PgParameters& parameters, const Memory& memory) {
  parameters.uuid(memory::uuid_bytes(memory.id).value_or("")).text(memory.text);
  parameters.text_or_null(memory.entities.user_id).text_or_null(memory.entities.agent_id);
  parameters.text_or_null(memory.entities.app_id).text_or_null(memory.entities.run_id);
  parameters.text_or_null(memory.metadata).text_or_null(write_categories(memory.categories));
  parameters.text(memory.role);
  parameters.integer(to_microseconds(memory.created_at)).integer(to_microseconds(memory.updated_at));
  if (memory.expiration) {
    parameters.integer(to_microseconds(memory.expiration->at)).text(memory.expiration->text);
  } else {
    parameters.null_integer().text_or_null("");
  }
  parameters.integer(checksum(memory));
}

std::string placeholders(int first, int count) {
  std::string text;
  for (int i = first; i < first + count; ++i) text += (i == first ? "$" : ",$") + std::to_string(i);
  return text;
}

bool is_storable(std::string_view text) {
  return !text.contains('\0');
}

}  // namespace memory_api::storage
