// The histories that `bench changes` and `bench gate` take: columns of a CSV, or series of a store's runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plimsoll/cli/command.h"
#include "plimsoll/model/run.h"
#include "plimsoll/model/series.h"

namespace plimsoll::cli {

struct HistoryOptions {
  std::string file;                 // empty: the store
  std::vector<std::string> better;  // NAME=higher, NAME=lower
  std::vector<std::string> series;  // selectors
  std::string stat, branch, project;
};

void add_history(CLI::App& command, HistoryOptions& options);

// What the values of one history share with those beside it in a table.
struct HistoryRows {
  std::vector<double> times;         // unix seconds
  std::vector<std::string> commits;  // one a row, each may be empty; or none
  std::vector<std::string> runs;     // one a row of a store's history; else none
};

struct SeriesHistory {
  std::string name;  // the column's header; of a store's series with its statistic
  std::string stat, unit;
  model::Better better = model::Better::lower;
  std::shared_ptr<const HistoryRows> rows;
  std::vector<double> values;  // one a row; NaN is missing
  bool stored = false;
  std::string probe, comparability;  // of a store's history, like the next two
  model::Environment machine;
  bool newest = true;  // else its probe has run since elsewhere, or in another configuration

  std::string commit(std::size_t row) const { return rows->commits.empty() ? "" : rows->commits[row]; }
};

// HISTORY.csv ("-" is standard input), or where none is named the store (--store, the plan's, or
// .plimsoll/evidence.db). A column's direction goes by its name (`_per_second` is better when higher) unless
// --better says otherwise. invalid_argument where an option goes with the other source only or names nothing.
base::Result<std::vector<SeriesHistory>> read_histories(const HistoryOptions& options,
                                                        const CommonOptions& common);

}  // namespace plimsoll::cli
