// What `plimsoll check` of this project can see: its own rules on its benchmarks, at the noise that
// `plimsoll bench noise --json` measured on the machine of benchmarking/results/noise.json. Verdicts are
// resampled: every run draws from the A/A runs, the judged one slower by what is planted.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/random.h"
#include "plimsoll/judges/judge.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/pipeline/adjust_family.h"
#include "plimsoll/pipeline/expand_rules.h"
#include "plimsoll/pipeline/fold.h"
#include "plimsoll/plan/read_plan.h"
#include "plimsoll/probes/catalogue.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::pipeline {
namespace {

constexpr int baseline_runs = 20;
constexpr int blocks = 6;  // of `check --base`
constexpr int verdicts = 1'000;

// One rule's series and how its A/A runs differed from their median.
struct Judged {
  model::Rule rule;
  model::Series series;
  std::vector<double> log_residuals;
};

base::Json noise_file() {
  const auto text = base::read_file(PLIMSOLL_SOURCE_DIR "/benchmarking/results/noise.json");
  return text ? base::Json::parse(*text) : base::Json();
}

std::vector<model::Rule> rules_of_this_project() {
  const plan::ReadOptions options{.environment = [](const std::string&) { return std::nullopt; }};
  const auto plan = plan::read_plan(PLIMSOLL_SOURCE_DIR "/plimsoll.yaml", probes::catalogue(), options);
  return plan ? plan->rules : std::vector<model::Rule>();
}

std::vector<double> log_residuals(const base::Json& values) {
  std::vector<double> logs;
  for (const base::Json& value : values) logs.push_back(std::log(value.get<double>()));
  const double middle = stats::median(logs);
  for (double& log : logs) log -= middle;
  return logs;
}

// Every series of the noise file that a relative rule of the plan judges.
std::vector<Judged> judged_series() {
  std::vector<Judged> result;
  const base::Json file = noise_file();
  for (const model::Rule& rule : rules_of_this_project()) {
    if (!is_relative(rule)) continue;
    const std::string stat = rule.stat ? model::to_string(*rule.stat) : "";
    for (const base::Json& series : file.value("series", base::Json::array())) {
      const model::SeriesId id{series.at("name"), series.at("labels").get<model::Labels>()};
      const std::string measured = series.at("stat").is_null() ? "" : series.at("stat").get<std::string>();
      if (measured != stat || !model::selects(rule.selector, id)) continue;
      result.push_back(
          {rule, {id, series.at("unit"), model::Better::lower}, log_residuals(series.at("values"))});
    }
  }
  return result;
}

// A resampled value; the draw is spread by the bandwidth of a kernel estimate, since ten A/A runs have no
// tails of their own (Silverman 1986, "Density estimation", 3.4.2 and 6.4.1).
double draw(const std::vector<double>& residuals, base::Random& random) {
  const double bandwidth =
      0.9 * stats::stddev(residuals) * std::pow(static_cast<double>(residuals.size()), -0.2);
  return 0.001 * std::exp(residuals[random.below(residuals.size())] + bandwidth * random.normal());
}

judges::Question question(const Judged& judged, double slowdown, bool in_pairs, base::Random& random) {
  judges::Question result;
  result.rule = judged.rule;
  result.series = judged.series;
  // Drift is asked of the history, whatever else is measured in pairs.
  if (!in_pairs || std::holds_alternative<model::Change>(judged.rule.check)) {
    result.head.push_back({.value = slowdown * draw(judged.log_residuals, random)});
    for (int run = 0; run < baseline_runs; ++run)
      result.baseline.push_back({std::to_string(run), draw(judged.log_residuals, random)});
    return result;
  }
  for (int block = 0; block < blocks; ++block) {
    result.head.push_back({.block = block, .value = slowdown * draw(judged.log_residuals, random)});
    result.base.push_back({.block = block, .base_side = true, .value = draw(judged.log_residuals, random)});
  }
  return result;
}

model::Status verdict(const std::vector<Judged>& all, double slowdown, bool in_pairs, base::Random& random) {
  std::vector<judges::Question> questions;
  for (const Judged& judged : all) questions.push_back(question(judged, slowdown, in_pairs, random));
  const stats::NoiseShape noise = judges::learn_noise(questions);
  std::vector<model::Judgement> judgements;
  for (const judges::Question& asked : questions) {
    for (model::Judgement& judgement : judges::judge(asked, noise))
      judgements.push_back(std::move(judgement));
  }
  adjust_family(judgements);
  return fold(judgements);
}

// Verdicts of 100, by status.
std::map<model::Status, double> shares(double slowdown, bool in_pairs) {
  const std::vector<Judged> all = judged_series();
  base::Random random(20'261'123);
  std::map<model::Status, double> result;
  for (int i = 0; i < verdicts; ++i) result[verdict(all, slowdown, in_pairs, random)] += 100.0 / verdicts;
  return result;
}

// Against a history the noise of the one judged run counts in full; pairs average it out. Where the noise
// file was written on a busy machine, only `check --base` sees these slow-downs, and that is what is promised
// then.
constexpr double most_noise_against_history = 0.02;

class PlantedSlowdown : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    const std::vector<Judged> all = judged_series();
    ASSERT_FALSE(all.empty());
    double noise = 0;
    for (const Judged& judged : all) noise = std::max(noise, stats::stddev(judged.log_residuals));
    if (!GetParam() && noise > most_noise_against_history)
      GTEST_SKIP() << "the machine of noise.json was busy: its runs differ by " << 100 * noise << " %";
  }
};

TEST_P(PlantedSlowdown, OfThirtyPercentFails) {
  EXPECT_GE(shares(1.30, GetParam())[model::Status::fail], 95);
}

TEST_P(PlantedSlowdown, OfFifteenPercentWarns) {
  EXPECT_GE(shares(1.15, GetParam())[model::Status::warn], 95);
}

TEST_P(PlantedSlowdown, OfNothingRaisesNoAlarmAndIsDecided) {
  auto unchanged = shares(1.00, GetParam());
  EXPECT_LE(unchanged[model::Status::fail] + unchanged[model::Status::warn], 5);
  EXPECT_GE(unchanged[model::Status::pass], 95);
}

INSTANTIATE_TEST_SUITE_P(Design, PlantedSlowdown, testing::Bool(),
                         [](const auto& info) { return info.param ? "InPairs" : "AgainstHistory"; });

}  // namespace
}  // namespace plimsoll::pipeline
