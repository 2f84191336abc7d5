#include "plimsoll/cli/bench_history.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/plan_file.h"
#include "plimsoll/formats/history_csv.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/pipeline/stored_histories.h"
#include "plimsoll/plan/rule_text.h"

namespace plimsoll::cli {
namespace {

constexpr std::uint64_t largest_history = 1ull << 30;

std::unexpected<base::Error> misused(std::string message) {
  return base::fail(base::ErrorCode::invalid_argument, std::move(message));
}

base::Status apply(const std::string& option, std::vector<SeriesHistory>& histories) {
  const std::size_t equals = option.rfind('=');
  const std::string name = option.substr(0, equals);
  const auto better = equals == std::string::npos ? base::Result<model::Better>(misused(""))
                                                  : model::parse_better(option.substr(equals + 1));
  if (!better || *better == model::Better::neither)
    return misused(fmt::format("--better: expected NAME=higher or NAME=lower, found {}", option));
  bool known = false;
  for (SeriesHistory& history : histories) {
    if (history.name != name) continue;
    history.better = *better;
    known = true;
  }
  if (!known) return misused(fmt::format("--better: the history has no column {}", base::printable(name)));
  return {};
}

base::Result<std::vector<SeriesHistory>> read_csv(const HistoryOptions& options) {
  BASE_ASSIGN(const std::string text, base::read_file(options.file, largest_history));
  BASE_ASSIGN(formats::HistoryTable table, formats::read_history_csv(text, options.file));
  const auto rows =
      std::make_shared<const HistoryRows>(HistoryRows{std::move(table.times), std::move(table.commits), {}});
  std::vector<SeriesHistory> histories;
  for (formats::HistoryColumn& column : table.columns) {
    SeriesHistory& history = histories.emplace_back();
    history.better = column.name.ends_with("_per_second") ? model::Better::higher : model::Better::lower;
    history.name = std::move(column.name);
    history.rows = rows;
    history.values = std::move(column.values);
  }
  return histories;
}

base::Result<pipeline::HistoryChoice> choice_of(const HistoryOptions& options) {
  pipeline::HistoryChoice choice;
  BASE_ASSIGN(const FolderProject here, project_here());
  choice.project = options.project.empty() ? here.name : options.project;
  choice.usual_branch = here.base_branch;
  if (!options.branch.empty()) choice.branch = options.branch;
  for (const std::string& text : options.series) {
    BASE_ASSIGN(model::Selector selector, plan::parse_selector(text));
    choice.selectors.push_back(std::move(selector));
  }
  if (options.stat.empty()) return choice;
  choice.stat = model::parse_stat(options.stat);
  if (!choice.stat)
    return misused("--stat: expected p0 to p100, mean, median, min, max, rate or count, found " +
                   options.stat);
  return choice;
}

SeriesHistory as_series(pipeline::StoredHistory&& stored) {
  SeriesHistory history;
  history.name = name_of(stored);
  history.stat = std::move(stored.stat);
  history.unit = std::move(stored.series.unit);
  history.better = stored.series.better;
  history.rows = std::make_shared<const HistoryRows>(
      HistoryRows{std::move(stored.times), std::move(stored.commits), std::move(stored.runs)});
  history.values = std::move(stored.values);
  history.stored = true;
  history.probe = std::move(stored.probe);
  history.comparability = std::move(stored.comparability);
  history.machine = std::move(stored.machine);
  history.newest = stored.newest;
  return history;
}

base::Result<std::vector<SeriesHistory>> read_store(const HistoryOptions& options,
                                                    const CommonOptions& common) {
  BASE_ASSIGN(const pipeline::HistoryChoice choice, choice_of(options));
  BASE_ASSIGN(const auto store, open_existing_store(common.store, true));
  BASE_ASSIGN(auto stored, pipeline::stored_histories(*store, choice));
  std::vector<SeriesHistory> histories;
  for (pipeline::StoredHistory& history : stored) histories.push_back(as_series(std::move(history)));
  if (histories.empty() && !choice.selectors.empty()) return misused("--series: no run has such a series");
  return histories;
}

}  // namespace

void add_history(CLI::App& command, HistoryOptions& options) {
  command
      .add_option("history", options.file,
                  "CSV with a header: time, maybe commit, and a column each series; - reads standard input; "
                  "without it the runs of the store")
      ->type_name("HISTORY.csv");
  command
      .add_option("--better", options.better,
                  "which way is better (default: lower, higher for …_per_second; a store knows); may be "
                  "repeated")
      ->type_name("NAME=higher");
  command
      .add_option("--series", options.series,
                  "of the store: only these (a rule's selector, as bench.time{benchmark=a}); may be repeated")
      ->type_name("SELECTOR");
  command
      .add_option("--stat", options.stat,
                  "of the store: p95, median, min … (default: p50 and p95 of histograms, else the median)")
      ->type_name("STAT");
  command
      .add_option("--branch", options.branch,
                  "of the store: only runs of it (default: the plan's base branch, and the newest run)")
      ->type_name("NAME");
  command.add_option("--project", options.project, "of the store (default: this folder's)")
      ->type_name("NAME");
}

base::Result<std::vector<SeriesHistory>> read_histories(const HistoryOptions& options,
                                                        const CommonOptions& common) {
  const bool of_store =
      !options.series.empty() || !options.stat.empty() || !options.branch.empty() || !options.project.empty();
  if (!options.file.empty() && (of_store || !common.store.empty()))
    return misused("--store, --series, --stat, --branch and --project do not go with a HISTORY.csv");
  BASE_ASSIGN(std::vector<SeriesHistory> histories,
              options.file.empty() ? read_store(options, common) : read_csv(options));
  for (const std::string& option : options.better) BASE_TRY(apply(option, histories));
  return histories;
}

}  // namespace plimsoll::cli
