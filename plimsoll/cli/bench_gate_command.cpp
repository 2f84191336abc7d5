#include <memory>

#include <CLI/CLI.hpp>

#include "plimsoll/cli/bench_commands.h"
#include "plimsoll/cli/bench_history.h"
#include "plimsoll/cli/bench_judging.h"
#include "plimsoll/judges/history.h"

namespace plimsoll::cli {
namespace {

struct GateArguments {
  CommonOptions common;
  HistoryOptions history;
  BoundsOptions bounds;
};

base::Result<int> gate(const GateArguments& arguments) {
  BASE_ASSIGN(const model::Regression bounds, read_bounds(arguments.bounds.warn, arguments.bounds.fail));
  BASE_ASSIGN(const std::vector<SeriesHistory> histories,
              read_histories(arguments.history, arguments.common));
  std::vector<model::Judgement> judgements;
  for (const SeriesHistory& history : histories) {
    if (!history.newest || judges::has_ended(history.values)) continue;
    judgements.push_back(judges::judge_newest_value(history.name, history.better, history.values, bounds));
    judgements.back().unit = history.unit;
    judgements.back().stat = history.stat;
    if (!history.rows->runs.empty()) judgements.back().evidence = {history.rows->runs.back()};
  }
  return answer("bench.gate", judgements, arguments.common);
}

}  // namespace

void add_bench_gate(Commands& commands, CLI::App& bench) {
  auto arguments = std::make_shared<GateArguments>();
  CLI::App& command =
      commands.add_to(bench, "gate", "is the newest row of a history the start of a worse level?",
                      "plimsoll bench gate history.csv --warn 10% --fail 20%");
  add_common_options(command, arguments->common);
  add_history(command, arguments->history);
  add_bounds(command, arguments->bounds);
  commands.on_run(command, [arguments] {
    const base::Result<int> result = gate(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
