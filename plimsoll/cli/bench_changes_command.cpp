#include <cmath>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/cli/bench_commands.h"
#include "plimsoll/cli/bench_history.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/trend_file.h"
#include "plimsoll/judges/history.h"

namespace plimsoll::cli {
namespace {

struct ChangesArguments {
  CommonOptions common;
  HistoryOptions history;
  std::string html;
};

base::OrderedJson effect_document(const model::Effect& effect) {
  const auto number = [](const std::optional<double>& x) {
    return x && std::isfinite(*x) ? base::OrderedJson(*x) : base::OrderedJson(nullptr);
  };
  return {{"kind", effect.kind == model::EffectKind::ratio ? "ratio" : "difference"},
          {"estimate", number(effect.estimate)},
          {"interval", {number(effect.low), number(effect.high)}},
          {"confidence", effect.confidence}};
}

base::OrderedJson change_document(const model::LevelChange& change, const SeriesHistory& history) {
  const std::string commit = history.commit(change.index);
  base::OrderedJson document = {{"index", change.index},
                                {"time", history.rows->times[change.index]},
                                {"commit", commit.empty() ? base::OrderedJson() : base::OrderedJson(commit)},
                                {"effect", effect_document(change.effect)}};
  if (history.stored) document["run"] = history.rows->runs[change.index];
  return document;
}

base::OrderedJson level_document(const model::LevelStretch& level) {
  return {{"from", level.begin},
          {"rows", level.end - level.begin},
          {"level", level.level},
          {"interval", {level.low, level.high}}};
}

base::OrderedJson series_document(const model::LevelHistory& levels, const SeriesHistory& history) {
  base::OrderedJson changes = base::OrderedJson::array();
  for (const model::LevelChange& change : levels.changes) changes.push_back(change_document(change, history));
  base::OrderedJson stretches = base::OrderedJson::array();
  for (const model::LevelStretch& level : levels.stretches) stretches.push_back(level_document(level));
  base::OrderedJson trend = nullptr;
  if (levels.trend) trend = {{"effect", effect_document(*levels.trend)}, {"per_points", 100}};
  base::OrderedJson document = {{"name", levels.name},
                                {"points", levels.points},
                                {"changes", std::move(changes)},
                                {"trend", std::move(trend)},
                                {"levels", std::move(stretches)}};
  if (!history.stored) return document;
  document["stat"] = history.stat.empty() ? base::OrderedJson() : base::OrderedJson(history.stat);
  document["unit"] = history.unit;
  document["better"] = model::to_string(history.better);
  document["probe"] = history.probe;
  document["environment"] = {{"comparability", history.comparability},
                             {"cpu_model", history.machine.cpu_model},
                             {"usable_cores", history.machine.usable_cores},
                             {"runner_label", history.machine.runner_label}};
  document["newest"] = history.newest;
  return document;
}

std::string amount(const model::Effect& effect, const std::optional<double>& value) {
  if (!value) return "?";
  const double shift = effect.kind == model::EffectKind::ratio ? *value - 1 : *value;
  const std::string size = effect.kind == model::EffectKind::ratio ? base::format_share(std::abs(shift))
                                                                   : fmt::format("{:.3g}", std::abs(shift));
  return (shift < 0 ? "-" : "+") + size;
}

std::string effect_words(const model::Effect& effect, model::Better better) {
  return fmt::format("{:>9} {} (95 %: {} to {})", amount(effect, effect.estimate),
                     model::is_worse(effect, better) ? "worse " : "better", amount(effect, effect.low),
                     amount(effect, effect.high));
}

std::string machine_words(const SeriesHistory& history) {
  if (!history.stored) return "";
  const model::Environment& machine = history.machine;
  return fmt::format("  [{}, {} cores{}{}]", base::printable(machine.cpu_model), machine.usable_cores,
                     machine.runner_label.empty() ? "" : ", " + base::printable(machine.runner_label),
                     history.newest ? "" : "; earlier");
}

void print_series(const model::LevelHistory& levels, const SeriesHistory& history) {
  const std::size_t changes = levels.changes.size();
  std::cout << fmt::format("{}: {} points, {}{}\n", base::printable(levels.name), levels.points,
                           changes == 0   ? "no change"
                           : changes == 1 ? "1 change"
                                          : fmt::format("{} changes", changes),
                           machine_words(history));
  for (const model::LevelChange& change : levels.changes) {
    const auto time = base::from_unix_seconds(history.rows->times[change.index]);
    const std::string commit = history.commit(change.index).substr(0, 12);
    std::cout << fmt::format("  row {:>6}  {}  {:<12} {}\n", change.index, base::to_rfc3339(time),
                             base::printable(commit), effect_words(change.effect, levels.better));
  }
  if (levels.trend)
    std::cout << fmt::format("  slow trend, per 100 rows: {}\n", effect_words(*levels.trend, levels.better));
}

// A line a series, each put together by itself: a document of ten thousand series is only ever text.
void print_document(const std::string& series) {
  std::cout << "{\"plimsoll\": \"bench.changes\", \"version\": 1, \"status\": \"pass\", \"series\": ["
            << series << "]}" << std::endl;
}

// A table may be anybody's; a store keeps what its projects called theirs.
base::Result<CommitsOf> commits_of(const HistoryOptions& history) {
  if (!history.file.empty()) return CommitsOf::anybody;
  if (history.project.empty()) return CommitsOf::here;
  BASE_ASSIGN(const FolderProject here, project_here());
  return history.project == here.name ? CommitsOf::here : CommitsOf::others;
}

base::Result<int> changes(const ChangesArguments& arguments) {
  BASE_ASSIGN(const std::vector<SeriesHistory> histories,
              read_histories(arguments.history, arguments.common));
  std::string documents;
  BASE_ASSIGN(const CommitsOf whose, commits_of(arguments.history));
  TrendFile page(arguments.html, whose);
  for (const SeriesHistory& history : histories) {
    const model::LevelHistory levels = judges::find_levels(history.name, history.better, history.values);
    page.add(history, levels);
    if (arguments.common.json)
      documents += (documents.empty() ? "\n" : ",\n") + base::dump(series_document(levels, history));
    else
      print_series(levels, history);
  }
  BASE_TRY(page.write());
  if (arguments.common.json) print_document(documents);
  return exit_pass;
}

}  // namespace

void add_bench_changes(Commands& commands, CLI::App& bench) {
  auto arguments = std::make_shared<ChangesArguments>();
  CLI::App& command =
      commands.add_to(bench, "changes", "where the levels of a history changed, and by how much",
                      "plimsoll bench changes history.csv");
  add_common_options(command, arguments->common);
  add_history(command, arguments->history);
  command.add_option("--html", arguments->html, "write the trends as one self-contained HTML file")
      ->type_name("FILE");
  commands.on_run(command, [arguments] {
    const base::Result<int> result = changes(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
