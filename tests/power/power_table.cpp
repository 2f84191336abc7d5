// Prints docs/power.md: how often a real change is seen, and how often none is, by simulation with a fixed
// seed.
//   ninja -C build/release power_table && build/release/tests/power_table > docs/power.md
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "plimsoll/stats/power.h"
#include "tests/power/family_verdict.h"

namespace plimsoll::power {
namespace {

using stats::RegressionStatus;

constexpr std::array<double, 6> effects = {0, 0.10, 0.20, 0.30, 0.50, 1.00};
constexpr int times = 400;

// How one series of a family fared.
struct Shares {
  int warn = 0;
  int fail = 0;
  int inconclusive = 0;

  void count(RegressionStatus status) {
    warn += status == RegressionStatus::warn;
    fail += status == RegressionStatus::fail;
    inconclusive += status == RegressionStatus::inconclusive;
  }
};

using Row = std::array<Shares, effects.size()>;

// The last series is worse by the effect, the others are as before.
Row unpaired_row(const NoiseModel& model, std::size_t series, std::size_t baseline_runs) {
  base::Random random(1);
  Row row;
  for (int i = 0; i < times; ++i) {
    const Family family = model.draw(random, series, baseline_runs + 1);
    const auto shape = shape_of(family);
    auto results = judge_unpaired(family, shape);
    for (std::size_t e = 0; e < effects.size(); ++e) {
      const double head = family.back()[0] + std::log1p(effects[e]);
      results.back() = stats::unpaired_regression(std::span(family.back()).subspan(1), head, shape);
      row[e].count(family_statuses(results).back());
    }
  }
  return row;
}

std::vector<double> log_ratios(const std::vector<double>& base, const std::vector<double>& head,
                               double effect) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < base.size(); ++i) ratios.push_back(head[i] - base[i] + std::log1p(effect));
  return ratios;
}

Row paired_row(const NoiseModel& model, std::size_t series, std::size_t pairs) {
  base::Random random(2);
  Row row;
  for (int i = 0; i < times; ++i) {
    const Family base = model.draw(random, series, pairs);
    const Family head = model.draw(random, series, pairs);
    std::vector<stats::RegressionResult> results;
    for (std::size_t s = 0; s < series; ++s) {
      results.push_back(stats::paired_regression(log_ratios(base[s], head[s], 0)));
    }
    for (std::size_t e = 0; e < effects.size(); ++e) {
      results.back() = stats::paired_regression(log_ratios(base.back(), head.back(), effects[e]));
      row[e].count(family_statuses(results).back());
    }
  }
  return row;
}

int percent(int count) {
  return static_cast<int>(std::lround(100.0 * count / times));
}

template <class Draw>
void print_table(const std::string& title, Draw draw) {
  fmt::print("\n## {}\n\n| noise |", title);
  for (const double effect : effects) fmt::print(" {:+.0f} % |", 100 * effect);
  fmt::print("\n| --- |");
  for (std::size_t e = 0; e < effects.size(); ++e) fmt::print(" --- |");
  fmt::print("\n");
  for (const NoiseModel& model : noise_models()) {
    fmt::print("| {} |", model.name);
    for (const Shares& cell : draw(model)) {
      fmt::print(" {} / {} / {} |", percent(cell.warn), percent(cell.fail), percent(cell.inconclusive));
    }
    fmt::print("\n");
  }
}

void print_alarms() {
  constexpr int verdicts = 1'000;
  fmt::print("\n## False alarms of a verdict over 100 unchanged series, 20 baseline runs, {} verdicts\n\n",
             verdicts);
  fmt::print(
      "| noise | any fail (promised: ≤ 1 %) | any warn or fail (promised: ≤ 5 %) |\n| --- | --- | --- |\n");
  for (const NoiseModel& model : noise_models()) {
    base::Random random(3);
    int fails = 0;
    int alarms = 0;
    for (int i = 0; i < verdicts; ++i) {
      Shares verdict;
      for (const auto status : family_statuses(judge_unpaired(model.draw(random, 100, 21))))
        verdict.count(status);
      fails += verdict.fail > 0;
      alarms += verdict.fail + verdict.warn > 0;
    }
    fmt::print("| {} | {:.1f} % | {:.1f} % |\n", model.name, 100.0 * fails / verdicts,
               100.0 * alarms / verdicts);
  }
}

void print_promises() {
  fmt::print("\n## What one series alone can show\n\n");
  fmt::print("The smallest change that a 95 % interval tells from none with 80 % power, Gaussian noise.\n\n");
  fmt::print("| runs or pairs | new run, cv 2 % | new run, cv 5 % | pairs, cv 2 % | pairs, cv 5 % |\n");
  fmt::print("| --- | --- | --- | --- | --- |\n");
  for (const std::size_t n : {5, 10, 20}) {
    fmt::print("| {} |", n);
    for (const double cv : {0.02, 0.05})
      fmt::print(" {:.1f} % |", 100 * stats::detectable_change_unpaired(n, cv));
    for (const double cv : {0.02, 0.05})
      fmt::print(" {:.1f} % |", 100 * stats::detectable_change_paired(n, cv));
    fmt::print("\n");
  }
}

void print_document() {
  fmt::print(
      "# What a regression rule can see\n\n"
      "Printed by `ninja -C build/release power_table && build/release/tests/power_table > docs/power.md` "
      "(fixed\n"
      "seeds; the noise is defined in tests/power/noise_models.h). Rules: `regression warn 10% fail 20%`, "
      "Holm at 1 %\n"
      "for fail, Benjamini-Hochberg at 5 % for warn, over all series of the verdict. One series got worse by "
      "the effect.\n"
      "Each cell is P(warn) / P(fail) / P(inconclusive) of that series in percent, {} simulations; the rest "
      "is pass.\n"
      "A pass at +10 % is no error: the rule promises to exclude a worsening of 20 %.\n",
      times);
  print_alarms();
  print_table("A family of 100 series, 20 baseline runs",
              [](const auto& m) { return unpaired_row(m, 100, 20); });
  print_table("A family of 10 series, 20 baseline runs",
              [](const auto& m) { return unpaired_row(m, 10, 20); });
  print_table("One series, 20 baseline runs", [](const auto& m) { return unpaired_row(m, 1, 20); });
  print_table("A family of 10 series, 8 baseline runs", [](const auto& m) { return unpaired_row(m, 10, 8); });
  print_table("A family of 10 series, 10 interleaved pairs",
              [](const auto& m) { return paired_row(m, 10, 10); });
  print_promises();
}

}  // namespace
}  // namespace plimsoll::power

int main() {
  plimsoll::power::print_document();
}
