#include "plimsoll/judges/regression.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/units.h"
#include "plimsoll/judges/counted.h"
#include "plimsoll/judges/log_ratio.h"
#include "plimsoll/judges/words.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/stats/regression_test.h"

namespace plimsoll::judges {
namespace {

using model::Better;
using model::Judgement;
using model::Reason;
using model::Status;

constexpr std::size_t least_runs = 5;
constexpr std::size_t least_blocks = 3;

std::vector<double> worse_logs(std::span<const BaselineValue> runs, const std::optional<model::Stat>& stat,
                               Better better) {
  std::vector<double> logs;
  for (const BaselineValue& run : runs) {
    if (const auto log = worse_log(run.value, stat, better)) logs.push_back(*log);
  }
  return logs;
}

// The log ratios head / base of the blocks that have both sides.
std::vector<double> block_ratios(const Question& question, const std::optional<model::Stat>& stat) {
  std::map<std::int32_t, std::pair<std::vector<model::Observation>, std::vector<model::Observation>>> blocks;
  for (const auto& observation : question.head)
    blocks[observation.block.value_or(0)].first.push_back(observation);
  for (const auto& observation : question.base)
    blocks[observation.block.value_or(0)].second.push_back(observation);
  std::vector<double> ratios;
  for (const auto& [block, sides] : blocks) {
    const auto head = model::merge(sides.first);
    const auto base = model::merge(sides.second);
    if (!head || !base) continue;
    const auto a = worse_log(*head, stat, question.series.better);
    const auto b = worse_log(*base, stat, question.series.better);
    if (a && b) ratios.push_back(*a - *b);
  }
  return ratios;
}

class RegressionJudge {
 public:
  RegressionJudge(const Question& question, const std::optional<model::Stat>& stat,
                  const stats::NoiseShape& noise)
      : question_(question),
        stat_(stat),
        noise_(noise),
        bounds_(bounds_of(question.rule)),
        judgement_(begin_judgement(question)) {
    judgement_.unit = model::statistic_unit(question.series.unit, stat);
    if (stat) judgement_.stat = model::to_string(*stat);
  }

  Judgement run() {
    const auto merged = model::merge(question_.head);
    const auto value = model::statistic(*merged, stat_);
    if (!value) return set_inconclusive(judgement_, Reason::missing, "the evidence holds no such statistic");
    if (!std::isfinite(*value))
      return set_inconclusive(judgement_, Reason::not_finite, name() + " is not finite");
    judgement_.value = *value;
    judgement_.n = static_cast<std::uint64_t>(
        model::statistic(*merged, model::Stat{model::StatKind::count}).value_or(0));
    if (!question_.base.empty()) return paired();
    if (question_.baseline.size() < least_runs) return learning(question_.baseline.size());
    const auto head = worse_log(*merged, stat_, question_.series.better);
    return head ? unpaired(*head) : without_ratio();
  }

 private:
  Judgement learning(std::size_t runs) { return set_learning(judgement_, name(), runs, least_runs); }

  Judgement without_ratio() { return set_without_ratio(judgement_, question_, stat_, name()); }

  Judgement unpaired(double head) {
    const std::vector<double> baseline = worse_logs(question_.baseline, stat_, question_.series.better);
    if (baseline.size() < least_runs)
      return have_logarithms(question_.baseline, stat_) ? learning(baseline.size()) : without_ratio();
    stats::RegressionResult result = stats::unpaired_regression(baseline, head, noise_, bounds_);
    const std::vector<double> anchor = worse_logs(question_.anchor, stat_, question_.series.better);
    std::string since = "the last " + std::to_string(baseline.size()) + " runs";
    if (anchor.size() >= least_runs) {
      const auto anchored = stats::unpaired_regression(anchor, head, noise_, bounds_);
      if (anchored.interval.lo > result.interval.lo) {
        result = anchored;
        since = "the level of " + std::to_string(anchor.size()) + " runs since the last accepted change";
      }
      result.p_fail = std::min(1.0, 2 * result.p_fail);
      result.p_warn = std::min(1.0, 2 * result.p_warn);
    }
    judgement_.test = "t-prediction-interval";
    return conclude(result, since);
  }

  Judgement paired() {
    const std::vector<double> ratios = block_ratios(question_, stat_);
    judgement_.test = "paired-t-on-log-ratios";
    judgement_.n_base = ratios.size();
    if (ratios.size() < least_blocks) {
      return set_inconclusive(
          judgement_, Reason::too_few,
          name() + " has " + std::to_string(ratios.size()) + " pairs of blocks, 3 are needed");
    }
    return conclude(stats::paired_regression(ratios, bounds_),
                    "the base in " + std::to_string(ratios.size()) + " blocks");
  }

  Judgement conclude(const stats::RegressionResult& result, const std::string& than) {
    judgement_.n_base = result.n_base;
    judgement_.p_fail = result.p_fail;
    judgement_.p_warn = result.p_warn;
    judgement_.false_alarm_rate = result.false_alarm_rate;
    if (std::isfinite(result.detectable)) judgement_.detectable_effect = std::exp(result.detectable);
    judge_log_ratio(judgement_, question_, result.estimate, result.interval);
    judgement_.explanation = ratio_sentence(judgement_, name(), result.estimate, result.interval, than);
    return judgement_;
  }

  std::string name() const { return subject_of(judgement_, stat_); }

  const Question& question_;
  std::optional<model::Stat> stat_;
  const stats::NoiseShape& noise_;
  stats::RegressionBounds bounds_;
  Judgement judgement_;
};

}  // namespace

stats::NoiseShape learn_noise(std::span<const Question> questions) {
  std::vector<std::vector<double>> logs;
  double warn = stats::RegressionBounds{}.warn;
  for (const Question& question : questions) {
    const bool asked = std::holds_alternative<model::Regression>(question.rule.check);
    if (!asked || is_counted(question.series)) continue;
    warn = std::min(warn, bounds_of(question.rule).warn);
    for (const auto& stat : stats_of(question))
      logs.push_back(worse_logs(question.baseline, stat, question.series.better));
  }
  const std::vector<std::span<const double>> baselines(logs.begin(), logs.end());
  return stats::fit_noise_shape(baselines, stats::noise_floor(warn));
}

std::vector<Judgement> judge_regression(const Question& question, const stats::NoiseShape& noise) {
  if (is_counted(question.series)) return {judge_counted(question)};
  std::vector<Judgement> judgements;
  for (const auto& stat : stats_of(question))
    judgements.push_back(RegressionJudge(question, stat, noise).run());
  return judgements;
}

}  // namespace plimsoll::judges
