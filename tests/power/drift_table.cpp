// Prints the tables of docs/drift.md: false alarms, recall and power by simulation with a fixed seed.
//   ninja -C build/release drift_table && build/release/tests/drift_table
// With `histories ROWS COUNT` it writes histories instead, for benchmarking/peers/changes_vs_otava.py: a line
// each, NOISE;STEPS;VALUES.
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/power/drift_scores.h"

namespace plimsoll::power {
namespace {

constexpr int histories = 200;
constexpr int judgements = 2000;
constexpr int planted = 500;

DriftScore null_score(Noise noise, std::size_t rows) {
  base::Random random(1);
  DriftScore score;
  for (int i = 0; i < histories; ++i) score += score_changes(unchanged(noise, rows, random));
  return score;
}

DriftScore step_score(Noise noise, const StepPlan& plan) {
  base::Random random(2);
  DriftScore score;
  for (int i = 0; i < histories; ++i) score += score_changes(stepping(noise, 400, plan, random));
  return score;
}

void print_changes(std::string_view title, const StepPlan& plan) {
  fmt::print("\n## {}\n\n", title);
  fmt::print(
      "| noise | recall | false alarms per 100 rows | F1 | 95 % intervals that cover |\n| --- | --- | --- | "
      "--- | --- |\n");
  DriftScore pooled;
  for (const NamedNoise& noise : history_noises) {
    const DriftScore score = step_score(noise.noise, plan);
    fmt::print("| {} | {:.3f} | {:.3f} | {:.3f} | {:.1f} % |\n", noise.name, score.recall(),
               score.false_alarms_per_100(), score.f1(),
               100.0 * static_cast<double>(score.intervals_that_cover) / static_cast<double>(score.matched));
    pooled += score;
  }
  fmt::print("| all | {:.3f} | {:.3f} | {:.3f} | |\n", pooled.recall(), pooled.false_alarms_per_100(),
             pooled.f1());
}

void print_unchanged() {
  fmt::print("\n## Nothing changed: false alarms per 100 rows, and histories with a trend\n\n");
  fmt::print(
      "| noise | 150 rows | 400 rows | 1,000 rows | trend at 150 | 400 | 1,000 rows |\n| --- | --- | --- | "
      "--- | --- | --- | --- |\n");
  for (const NamedNoise& noise : history_noises) {
    const DriftScore few = null_score(noise.noise, 150);
    const DriftScore some = null_score(noise.noise, 400);
    const DriftScore many = null_score(noise.noise, 1000);
    const auto trend = [](const DriftScore& score) { return 100 * score.with_trend / score.histories; };
    fmt::print("| {} | {:.3f} | {:.3f} | {:.3f} | {} % | {} % | {} % |\n", noise.name,
               few.false_alarms_per_100(), some.false_alarms_per_100(), many.false_alarms_per_100(),
               trend(few), trend(some), trend(many));
  }
}

void print_gate(std::size_t rows) {
  fmt::print("\n## Gate after {} rows of history, per 100 judgements\n\n", rows);
  fmt::print(
      "| noise | fail | warn | undecided | naive > 20 % rule | +30 % fails at its first row | within three | "
      "+15 % "
      "warns within three |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const NamedNoise& noise : history_noises) {
    base::Random random(3);
    GateScore score;
    for (int i = 0; i < judgements; ++i) score_unchanged(unchanged(noise.noise, rows + 1, random), score);
    for (int i = 0; i < planted; ++i) score_planted(unchanged(noise.noise, rows + 3, random), score);
    const auto of = [](std::size_t count, std::size_t all) {
      return 100 * static_cast<double>(count) / static_cast<double>(all);
    };
    fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.1f} | {:.1f} | {:.1f} |\n", noise.name,
               of(score.fail, score.judged), of(score.warn, score.judged),
               of(score.unconfirmed, score.judged), of(score.naive, score.judged),
               of(score.big_first, score.planted), of(score.big_within, score.planted),
               of(score.small_within, score.planted));
  }
}

void write_history(const NamedNoise& noise, const History& history) {
  fmt::print("{};{};", noise.key, fmt::join(history.steps, ","));
  for (std::size_t i = 0; i < history.logs.size(); ++i) {
    const bool missing = std::isnan(history.logs[i]);
    fmt::print("{}{}", i == 0 ? "" : ",",
               missing ? "" : fmt::format("{:.6g}", 100 * std::exp(history.logs[i])));
  }
  fmt::print("\n");
}

void write_histories(std::size_t rows, int count) {
  for (const NamedNoise& noise : history_noises) {
    base::Random random(4);
    for (int i = 0; i < count; ++i) {
      const StepPlan& plan = i % 2 == 0 ? far_apart : close_together;
      write_history(noise, stepping(noise.noise, rows, plan, random));
    }
  }
}

}  // namespace
}  // namespace plimsoll::power

int main(int argc, char** argv) {
  using namespace plimsoll::power;
  if (argc == 4 && std::string_view(argv[1]) == "histories") {
    write_histories(std::strtoul(argv[2], nullptr, 10), std::atoi(argv[3]));
    return 0;
  }
  print_unchanged();
  print_changes("Steps of 3 to 30 %, 60 to 140 rows apart, in 400 rows", far_apart);
  print_changes("Steps of 3, 5, 10, 20 or 30 %, 25 to 80 rows apart, in 400 rows", close_together);
  for (const std::size_t rows : {30UL, 60UL, 150UL}) print_gate(rows);
}
