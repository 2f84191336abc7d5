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
#include "plimsoll/judges/history.h"

namespace plimsoll::cli {
namespace {

struct ChangesArguments {
  CommonOptions common;
  HistoryOptions history;
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

base::OrderedJson series_document(const model::LevelHistory& levels, const formats::HistoryTable& table) {
  base::OrderedJson changes = base::OrderedJson::array();
  for (const model::LevelChange& change : levels.changes) {
    changes.push_back({{"index", change.index},
                       {"time", table.times[change.index]},
                       {"commit", nullptr},
                       {"effect", effect_document(change.effect)}});
    if (!table.commits.empty() && !table.commits[change.index].empty())
      changes.back()["commit"] = table.commits[change.index];
  }
  base::OrderedJson trend = nullptr;
  if (levels.trend) trend = {{"effect", effect_document(*levels.trend)}, {"per_points", 100}};
  return {{"name", levels.name}, {"points", levels.points}, {"changes", changes}, {"trend", trend}};
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

void print_series(const model::LevelHistory& levels, const formats::HistoryTable& table) {
  const std::size_t changes = levels.changes.size();
  std::cout << fmt::format("{}: {} points, {}\n", base::printable(levels.name), levels.points,
                           changes == 0   ? "no change"
                           : changes == 1 ? "1 change"
                                          : fmt::format("{} changes", changes));
  for (const model::LevelChange& change : levels.changes) {
    const auto time = base::from_unix_seconds(table.times[change.index]);
    const std::string commit = table.commits.empty() ? "" : table.commits[change.index].substr(0, 12);
    std::cout << fmt::format("  row {:>6}  {}  {:<12} {}\n", change.index, base::to_rfc3339(time),
                             base::printable(commit), effect_words(change.effect, levels.better));
  }
  if (levels.trend)
    std::cout << fmt::format("  slow trend, per 100 rows: {}\n", effect_words(*levels.trend, levels.better));
}

base::Result<int> changes(const ChangesArguments& arguments) {
  BASE_ASSIGN(const History history, read_history(arguments.history));
  base::OrderedJson documents = base::OrderedJson::array();
  for (std::size_t i = 0; i < history.table.columns.size(); ++i) {
    const formats::HistoryColumn& column = history.table.columns[i];
    const model::LevelHistory levels = judges::find_levels(column.name, history.better[i], column.values);
    if (arguments.common.json)
      documents.push_back(series_document(levels, history.table));
    else
      print_series(levels, history.table);
  }
  if (arguments.common.json)
    print_json({{"plimsoll", "bench.changes"}, {"version", 1}, {"status", "pass"}, {"series", documents}});
  return exit_pass;
}

}  // namespace

void add_bench_changes(Commands& commands, CLI::App& bench) {
  auto arguments = std::make_shared<ChangesArguments>();
  CLI::App& command =
      commands.add_to(bench, "changes", "where the levels of a history changed, and by how much",
                      "plimsoll bench changes history.csv");
  add_common_options(command, arguments->common, Takes::json);
  add_history(command, arguments->history);
  commands.on_run(command, [arguments] {
    const base::Result<int> result = changes(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
