// The promise of EVIDENCE ("Verdict") held by what ships: judges, family adjustment and fold together, over
// unchanged evidence of a hundred series, a thousand times for each kind of noise.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "plimsoll/judges/judge.h"
#include "plimsoll/pipeline/adjust_family.h"
#include "tests/power/noise_models.h"

namespace plimsoll::pipeline {
namespace {

constexpr std::size_t kSeries = 100;
constexpr std::size_t kRuns = 21;

judges::Question question(std::size_t series, const std::vector<double>& logs, double effect,
                          std::size_t most = kRuns) {
  judges::Question result;
  result.rule.selector.name = "bench.real_time";
  result.rule.text = "bench.real_time regression warn 10% fail 20%";
  result.rule.check = model::Regression{0.10, 0.20};
  result.series = {
      {"bench.real_time", {{"benchmark", std::to_string(series)}}}, "seconds", model::Better::lower};
  result.head.push_back({.value = 0.01 * std::exp(logs[0]) * effect});
  for (std::size_t run = 1; run < std::min(logs.size(), most); ++run) {
    result.baseline.push_back({std::to_string(run), 0.01 * std::exp(logs[run])});
  }
  return result;
}

// The same numbers asked for drift.
judges::Question drift_question(std::size_t series, const std::vector<double>& logs) {
  judges::Question result = question(series, logs, 1, logs.size());
  result.rule.text = "bench.real_time change";
  result.rule.check = model::Change{};
  return result;
}

// One verdict on a family of which the first series is slower by `effect`.
model::Status verdict(const power::Family& family, double effect = 1, bool with_drift = false) {
  std::vector<judges::Question> questions;
  for (std::size_t s = 0; s < family.size(); ++s) {
    questions.push_back(question(s, family[s], s == 0 ? effect : 1));
    if (with_drift) questions.push_back(drift_question(s, family[s]));
  }
  const stats::NoiseShape noise = judges::learn_noise(questions);
  std::vector<model::Judgement> judgements;
  for (const judges::Question& asked : questions) {
    for (model::Judgement& judgement : judges::judge(asked, noise))
      judgements.push_back(std::move(judgement));
  }
  adjust_family(judgements);
  model::Status worst = model::Status::pass;
  for (const model::Judgement& judgement : judgements) {
    if (judgement.status == model::Status::fail) return model::Status::fail;
    if (judgement.status == model::Status::warn) worst = model::Status::warn;
  }
  return worst;
}

class VerdictOnUnchangedEvidence : public testing::TestWithParam<std::string> {};

TEST_P(VerdictOnUnchangedEvidence, AlarmsNoMoreThanPromised) {
  constexpr int verdicts = 1'000;
  base::Random random(20'261'123);
  int fails = 0;
  int alarms = 0;
  for (const power::NoiseModel& noise : power::noise_models()) {
    if (noise.name != GetParam()) continue;
    for (int i = 0; i < verdicts; ++i) {
      const model::Status status = verdict(noise.draw(random, kSeries, kRuns));
      fails += status == model::Status::fail;
      alarms += status == model::Status::fail || status == model::Status::warn;
    }
  }
  EXPECT_LE(fails, verdicts * family_fail_level);
  EXPECT_LE(alarms, verdicts * family_warn_level);
}

// Ten series are compared and asked for drift over 40 runs: both families' alarms together.
TEST_P(VerdictOnUnchangedEvidence, WithDriftAlarmsNoMoreThanPromised) {
  constexpr int verdicts = 300;
  base::Random random(20'261'124);
  int fails = 0;
  int alarms = 0;
  for (const power::NoiseModel& noise : power::noise_models()) {
    if (noise.name != GetParam()) continue;
    for (int i = 0; i < verdicts; ++i) {
      const model::Status status = verdict(noise.draw(random, 10, 41), 1, true);
      fails += status == model::Status::fail;
      alarms += status == model::Status::fail || status == model::Status::warn;
    }
  }
  EXPECT_LE(fails, verdicts * family_fail_level);
  EXPECT_LE(alarms, verdicts * family_warn_level);
}

INSTANTIATE_TEST_SUITE_P(Noise, VerdictOnUnchangedEvidence,
                         testing::Values("Gaussian, cv 2 %", "heavy tails: t(3), scale 5 %",
                                         "AR(1) 0.5, cv 5 %", "mixed"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::erase_if(name,
                                         [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
                           return name;
                         });

TEST(Verdict, SeesASlowDownByHalfAmongAHundredSeries) {
  constexpr int verdicts = 200;
  base::Random random(7);
  int fails = 0;
  for (int i = 0; i < verdicts; ++i) {
    fails += verdict(power::gaussian(random, kSeries, kRuns, 0.02), 1.5) == model::Status::fail;
  }
  EXPECT_GE(fails, verdicts * 95 / 100);
}

}  // namespace
}  // namespace plimsoll::pipeline
