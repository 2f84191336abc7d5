#include "plimsoll/judges/log_ratio.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "plimsoll/judges/words.h"
#include "plimsoll/model/statistic.h"

namespace plimsoll::judges {
namespace {

using model::Better;
using model::Status;

std::optional<double> finite(double x) {
  return std::isfinite(x) ? std::optional(x) : std::nullopt;
}

// The number that is compared; nullopt where the value does not hold it.
std::optional<double> number(const model::Value& value, const std::optional<model::Stat>& stat) {
  const auto* proportion = std::get_if<model::Proportion>(&value);
  if (proportion != nullptr && (!stat || stat->kind == model::StatKind::rate)) {
    return (static_cast<double>(proportion->k) + 0.5) / (static_cast<double>(proportion->n) + 1.0);
  }
  return model::statistic(value, stat);
}

void set_status(model::Judgement& judgement, const model::Rule& rule, const stats::Interval& interval) {
  switch (stats::regression_status(interval, bounds_of(rule))) {
    case stats::RegressionStatus::pass:
      judgement.status = Status::pass;
      break;
    case stats::RegressionStatus::warn:
      judgement.status = Status::warn;
      break;
    case stats::RegressionStatus::fail:
      judgement.status = violated(rule);
      break;
    case stats::RegressionStatus::inconclusive:
      judgement.status = Status::inconclusive;
      judgement.reason = model::Reason::undecided;
      break;
  }
}

std::string value_of(const model::Judgement& judgement, const std::string& name) {
  return name + " is " + base::format_value(*judgement.value, judgement.unit);
}

}  // namespace

stats::RegressionBounds bounds_of(const model::Rule& rule) {
  if (const auto* change = std::get_if<model::Change>(&rule.check)) return {change->warn, change->fail};
  const auto* regression = std::get_if<model::Regression>(&rule.check);
  const model::Regression defaults;
  return {(regression ? *regression : defaults).warn, (regression ? *regression : defaults).fail};
}

std::optional<double> worse_log(const model::Value& value, const std::optional<model::Stat>& stat,
                                Better better) {
  const auto x = number(value, stat);
  if (!x || !(*x > 0) || !std::isfinite(*x)) return std::nullopt;
  return better == Better::higher ? -std::log(*x) : std::log(*x);
}

bool have_logarithms(std::span<const BaselineValue> runs, const std::optional<model::Stat>& stat) {
  return std::ranges::all_of(runs, [&](const BaselineValue& run) {
    const auto x = number(run.value, stat);
    return !x || !std::isfinite(*x) || *x > 0;
  });
}

std::vector<std::optional<model::Stat>> stats_of(const Question& question) {
  const bool histogram =
      !question.head.empty() && std::holds_alternative<base::Histogram>(question.head.front().value);
  if (question.rule.stat || !histogram) return {question.rule.stat};
  return {model::Stat{model::StatKind::percentile, 50}, model::Stat{model::StatKind::percentile, 95}};
}

std::string percent_worse(double log_ratio) {
  const double change = std::expm1(log_ratio);
  return base::format_share(std::abs(change)) + (change < 0 ? " better" : " worse");
}

model::Judgement& set_learning(model::Judgement& judgement, const std::string& name, std::size_t runs,
                               std::size_t needed) {
  judgement.status = Status::learning;
  judgement.n_base = runs;
  judgement.explanation = value_of(judgement, name) + "; " + std::to_string(runs) + " of " +
                          std::to_string(needed) + " comparable runs known, so it is learning";
  return judgement;
}

model::Judgement& set_without_ratio(model::Judgement& judgement, const Question& question,
                                    const std::optional<model::Stat>& stat, const std::string& name) {
  judgement.n_base = question.baseline.size();
  const bool same = std::ranges::all_of(question.baseline, [&](const BaselineValue& earlier) {
    return model::statistic(earlier.value, stat) == judgement.value;
  });
  if (!same) {
    return set_inconclusive(judgement, model::Reason::not_finite,
                            value_of(judgement, name) + ", and not every run is above 0: there is no ratio");
  }
  judgement.status = Status::pass;
  judgement.test = "exact";
  judgement.explanation = value_of(judgement, name) + ", as in every run before";
  return judgement;
}

void judge_log_ratio(model::Judgement& judgement, const Question& question, double estimate,
                     const stats::Interval& interval) {
  const bool flip = question.series.better == Better::higher;
  const auto ratio = [&](double log) { return std::exp(flip ? -log : log); };
  model::Effect effect{.kind = model::EffectKind::ratio};
  effect.estimate = finite(ratio(estimate));
  effect.low = finite(ratio(flip ? interval.hi : interval.lo));
  effect.high = finite(ratio(flip ? interval.lo : interval.hi));
  judgement.effect = effect;
  judgement.bound = ratio(std::log1p(bounds_of(question.rule).fail));
  set_status(judgement, question.rule, interval);
}

std::string ratio_sentence(const model::Judgement& judgement, const std::string& name, double estimate,
                           const stats::Interval& interval, const std::string& than) {
  std::string sentence = value_of(judgement, name) + ", " + percent_worse(estimate) + " than " + than;
  if (std::isfinite(interval.width()) && interval.width() > 0)
    sentence += " (95 %: " + percent_worse(interval.lo) + " to " + percent_worse(interval.hi) + ")";
  if (judgement.status == Status::inconclusive) sentence += ": too imprecise to exclude the fail bound";
  return sentence;
}

}  // namespace plimsoll::judges
