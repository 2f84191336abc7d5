// Rows of the table `memories` <-> memory::Memory.
#pragma once

#include <string>
#include <string_view>

#include "apps/memory_api/memory/memory.h"
#include "apps/memory_api/storage/row_values.h"
#include "apps/memory_api/storage/sqlite_connection.h"

namespace memory_api::storage {

// As many as memory_columns (row_values.h); bind_memory follows their order.
constexpr std::string_view memory_parameters = "?,?,?,?,?,?,?,?,?,?,?,?,?,?";

// corrupt where the row is not what was written.
base::Result<memory::Memory> read_memory(const Query& query, int first_column);

// The texts that binding needs beside the memory itself; both must outlive the query.
struct MemoryRow {
  explicit MemoryRow(const memory::Memory& memory);
  void bind(Query& query) const;

  const memory::Memory& memory;
  std::string id;
  std::string categories;
};

}  // namespace memory_api::storage
