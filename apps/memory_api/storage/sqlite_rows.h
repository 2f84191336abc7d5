// Rows of the table `memories` <-> memory::Memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/memory/memory.h"
#include "apps/memory_api/storage/sqlite_connection.h"

namespace memory_api::storage {

// In the order that read_memory expects and bind_memory follows.
constexpr std::string_view memory_columns =
    "id, text, user_id, agent_id, app_id, run_id, metadata, categories, role, created_at, updated_at, "
    "expires_at, "
    "expiration, checksum";
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

std::int64_t to_microseconds(base::UtcTime time);  // rounded down
// A time that UtcTime cannot hold (years before 1678 or after 2261, from a damaged row) becomes the nearest
// that it can.
base::UtcTime from_microseconds(std::int64_t value);

std::vector<std::string> read_categories(std::string_view json);  // empty text: none
std::string write_categories(const std::vector<std::string>& categories);

}  // namespace memory_api::storage
