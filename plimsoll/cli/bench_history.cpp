#include "plimsoll/cli/bench_history.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"

namespace plimsoll::cli {
namespace {

constexpr std::uint64_t largest_history = 1ull << 30;

base::Status apply(const std::string& option, History& history) {
  const std::size_t equals = option.rfind('=');
  const std::string name = option.substr(0, equals);
  const auto better = equals == std::string::npos
                          ? base::Result<model::Better>(base::fail(base::ErrorCode::invalid_argument, ""))
                          : model::parse_better(option.substr(equals + 1));
  if (!better || *better == model::Better::neither)
    return base::fail(base::ErrorCode::invalid_argument,
                      fmt::format("--better: expected NAME=higher or NAME=lower, found {}", option));
  const auto& columns = history.table.columns;
  const auto found = std::ranges::find(columns, name, &formats::HistoryColumn::name);
  if (found == columns.end())
    return base::fail(base::ErrorCode::invalid_argument,
                      fmt::format("--better: the history has no column {}", base::printable(name)));
  history.better[static_cast<std::size_t>(found - columns.begin())] = *better;
  return {};
}

}  // namespace

void add_history(CLI::App& command, HistoryOptions& options) {
  command
      .add_option("history", options.file,
                  "CSV with a header: time, maybe commit, and a column each series; - reads standard input")
      ->required()
      ->type_name("HISTORY.csv");
  command
      .add_option("--better", options.better,
                  "which way is better (default: lower, higher for …_per_second); may be repeated")
      ->type_name("NAME=higher");
}

base::Result<History> read_history(const HistoryOptions& options) {
  BASE_ASSIGN(const std::string text, base::read_file(options.file, largest_history));
  History history;
  BASE_ASSIGN(history.table, formats::read_history_csv(text, options.file));
  for (const formats::HistoryColumn& column : history.table.columns) {
    const bool rate = column.name.ends_with("_per_second");
    history.better.push_back(rate ? model::Better::higher : model::Better::lower);
  }
  for (const std::string& option : options.better) BASE_TRY(apply(option, history));
  return history;
}

}  // namespace plimsoll::cli
