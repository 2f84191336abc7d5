// Rows of PostgreSQL's table `memories` <-> memory::Memory.
#pragma once

#include <string>
#include <string_view>

#include "apps/memory_api/memory/memory.h"
#include "apps/memory_api/storage/postgres_connection.h"
#include "apps/memory_api/storage/row_values.h"

namespace memory_api::storage {

// corrupt where the row is not what was written.
base::Result<memory::Memory> read_memory(const PgRows& rows, int row, int first_column);

// In the order of memory_columns (row_values.h).
void bind_memory(PgParameters& parameters, const memory::Memory& memory);
std::string placeholders(int first, int count);  // "$3,$4,$5"
constexpr int count_of_memory_columns = 14;

// PostgreSQL's texts cannot hold U+0000.
bool is_storable(std::string_view text);

}  // namespace memory_api::storage
