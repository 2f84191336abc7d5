// A benchmark's history as a table: one row a measurement, oldest first.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace plimsoll::formats {

struct HistoryColumn {
  std::string name;            // the header as it stands
  std::vector<double> values;  // one a row; NaN where the cell is empty, else finite
};

struct HistoryTable {
  std::vector<double> times;         // unix seconds, never descending
  std::vector<std::string> commits;  // one a row where the table has that column, else none
  std::vector<HistoryColumn> columns;

  std::size_t rows() const { return times.size(); }
};

// CSV after RFC 4180 (quotes, CRLF, a byte order mark are understood). The header names `time` (unix seconds
// or RFC 3339), maybe `commit`, and the series, in any order; names are not empty and differ. An empty cell
// is a missing value, an empty line no row. invalid_argument at `source`:line:column where that is not so,
// where a cell is no finite number, rows are longer or shorter than the header, or time runs backwards;
// too_large past 100,000 columns. Time grows with the text, space with the cells.
base::Result<HistoryTable> read_history_csv(std::string_view text, const std::string& source);

}  // namespace plimsoll::formats
