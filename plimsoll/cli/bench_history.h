// HISTORY.csv as `bench changes` and `bench gate` take it.
#pragma once

#include <string>
#include <vector>

#include "plimsoll/cli/command.h"
#include "plimsoll/formats/history_csv.h"
#include "plimsoll/model/series.h"

namespace plimsoll::cli {

struct HistoryOptions {
  std::string file;
  std::vector<std::string> better;  // NAME=higher, NAME=lower
};

void add_history(CLI::App& command, HistoryOptions& options);

struct History {
  formats::HistoryTable table;
  std::vector<model::Better> better;  // one a column
};

// "-" is standard input. By name (`_per_second` is better when higher) unless --better says so;
// invalid_argument where that names no column.
base::Result<History> read_history(const HistoryOptions& options);

}  // namespace plimsoll::cli
