// Rows of values for a load: users, queries, ids. From CSV (RFC 4180, the first line names the columns) or
// from JSON lines (each an object with the keys of the first; nested values are kept as JSON text).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace plimsoll::traffic {

// Which row a flow gets: the next one over the whole run (from the first again after the last), any, or
// always the same for one user.
enum class RowChoice { sequential, random, per_user };

struct DataTable {
  std::string name;
  RowChoice choice = RowChoice::sequential;
  std::vector<std::string> columns;
  std::vector<std::string> cells;  // row by row

  std::size_t rows() const { return columns.empty() ? 0 : cells.size() / columns.size(); }
  const std::string& cell(std::size_t row, std::size_t column) const {
    return cells[row * columns.size() + column];
  }
  std::optional<std::size_t> column(std::string_view name) const;
};

// invalid_argument with file:line:column: no header, a column named twice, a row with another number of
// cells, a quote that is not closed, text behind one, a line that is no JSON object or lacks a key, no row at
// all, more than a million of them.
base::Result<DataTable> parse_csv_table(std::string_view text, const std::string& file);
base::Result<DataTable> parse_json_lines_table(std::string_view text, const std::string& file);

// By the file's name: .jsonl and .ndjson are JSON lines, all others CSV. At most 64 MiB.
base::Result<DataTable> read_data_table(const std::filesystem::path& file);

}  // namespace plimsoll::traffic
