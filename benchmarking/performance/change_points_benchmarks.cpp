// What a history costs: change points of 1,000 values, the gate at one, and a million points over 10,000
// series from reading the CSV to the last judgement.
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/random.h"
#include "plimsoll/formats/history_csv.h"
#include "plimsoll/judges/history.h"
#include "plimsoll/stats/change_points.h"
#include "plimsoll/stats/newest_level.h"

namespace {

using namespace plimsoll;

// A step of 10 % in the middle, noise of 2 %.
std::vector<double> history(std::size_t rows, base::Random& random) {
  std::vector<double> logs(rows);
  for (std::size_t i = 0; i < rows; ++i) logs[i] = 0.02 * random.normal() + (i < rows / 2 ? 0 : 0.1);
  return logs;
}

std::string table(std::size_t rows, std::size_t series) {
  base::Random random(42);
  std::string text = "time";
  for (std::size_t s = 0; s < series; ++s) text += fmt::format(",s{}", s);
  for (std::size_t row = 0; row < rows; ++row) {
    text += fmt::format("\n{}", 1'700'000'000 + 3600 * row);
    for (std::size_t s = 0; s < series; ++s)
      text += fmt::format(",{:.5g}", 100 * std::exp(0.02 * random.normal()));
  }
  return text;
}

void find_changes(benchmark::State& state) {
  base::Random random(42);
  const auto logs = history(static_cast<std::size_t>(state.range(0)), random);
  for (auto _ : state) benchmark::DoNotOptimize(stats::find_change_points(logs));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(find_changes)->Arg(100)->Arg(1000);

void judge_newest(benchmark::State& state) {
  base::Random random(42);
  const auto logs = history(static_cast<std::size_t>(state.range(0)), random);
  for (auto _ : state) benchmark::DoNotOptimize(stats::judge_newest(logs));
}
BENCHMARK(judge_newest)->Arg(100)->Arg(1000);

void million_points_over_10000_series(benchmark::State& state) {
  const std::string text = table(100, 10'000);
  for (auto _ : state) {
    const auto read = formats::read_history_csv(text, "history.csv");
    for (const auto& column : read->columns) {
      benchmark::DoNotOptimize(judges::find_levels(column.name, model::Better::lower, column.values));
      benchmark::DoNotOptimize(
          judges::judge_newest_value(column.name, model::Better::lower, column.values, {}));
    }
  }
  state.SetItemsProcessed(state.iterations() * 1'000'000);
}
BENCHMARK(million_points_over_10000_series)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace

BENCHMARK_MAIN();
