#include "plimsoll/judges/history.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/units.h"
#include "plimsoll/judges/log_ratio.h"
#include "plimsoll/stats/change_points.h"
#include "plimsoll/stats/newest_level.h"

namespace plimsoll::judges {
namespace {

using model::Better;
using model::Effect;
using model::EffectKind;
using model::Judgement;
using model::Reason;
using model::Status;

constexpr double rows_of_trend = 100;

bool has_logarithms(std::span<const double> values) {
  return std::ranges::all_of(values, [](double x) { return std::isnan(x) || x > 0; });
}

std::vector<double> logs_of(std::span<const double> values, double sign = 1) {
  std::vector<double> logs;
  logs.reserve(values.size());
  for (const double x : values) logs.push_back(sign * std::log(x));
  return logs;
}

// Between the scale that was analysed and the one that is shown.
struct Scale {
  EffectKind kind;

  double shown(double x) const { return kind == EffectKind::ratio ? std::exp(x) : x; }
  Effect effect(double estimate, const stats::Interval& interval) const {
    return {kind, shown(estimate), shown(interval.lo), shown(interval.hi), 0.95};
  }
};

std::vector<model::LevelStretch> stretches(const stats::Segmentation& found, std::size_t rows,
                                           const Scale& scale) {
  std::vector<model::LevelStretch> result;
  const double slope = found.drift ? found.drift->slope : 0;
  for (std::size_t i = 0; i < found.levels.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : found.changes[i - 1].index;
    const std::size_t end = i < found.changes.size() ? found.changes[i].index : rows;
    const double middle = slope * static_cast<double>(begin + end - 1) / 2;
    const double level = found.levels[i] + middle;
    const double half = 1.959963984540054 * found.level_errors[i];
    result.push_back({begin, end, scale.shown(level), scale.shown(level - half), scale.shown(level + half)});
  }
  return result;
}

// Noise far below the values' own size is none: it is rounding.
double linear_resolution(std::span<const double> values) {
  double largest = 0;
  for (const double x : values) {
    if (!std::isnan(x)) largest = std::max(largest, std::abs(x));
  }
  return std::max(largest * 1e-6, 1e-300);
}

// Logarithms are signed so that larger is worse.
class NewestJudge {
 public:
  NewestJudge(std::string name, Better better, std::span<const double> values,
              const model::Regression& bounds)
      : values_(values), bounds_(bounds), sign_(better == Better::higher ? -1 : 1) {
    judgement_.series = std::move(name);
    judgement_.rule = fmt::format("newest warn {} fail {}", base::format_share(bounds.warn),
                                  base::format_share(bounds.fail));
    judgement_.test = "newest-level";
    judgement_.bound = std::exp(sign_ * std::log1p(bounds.fail));
    judgement_.n = 1;
  }

  Judgement run() {
    const bool missing = values_.empty() || std::isnan(values_.back());
    if (!missing) judgement_.value = values_.back();
    if (!has_logarithms(values_)) return without_logarithms(missing);
    newest_ = stats::judge_newest(logs_of(values_, sign_));
    judgement_.n_base = newest_.n_base;
    const stats::GateStatus status = stats::gate_status(newest_, bounds_.warn, bounds_.fail);
    if (status == stats::GateStatus::missing)
      return inconclusive(Reason::missing, "the newest row has no value");
    if (status == stats::GateStatus::too_few)
      return inconclusive(Reason::too_few, fmt::format("{} earlier values, {} are needed", newest_.n_base,
                                                       stats::least_history));
    describe();
    conclude(status);
    return judgement_;
  }

 private:
  Judgement& inconclusive(Reason reason, const std::string& why) {
    judgement_.status = Status::inconclusive;
    judgement_.reason = reason;
    judgement_.explanation = judgement_.series + ": " + why;
    return judgement_;
  }

  // A counter that always was 0 and still is has not changed; of others there is no ratio.
  Judgement& without_logarithms(bool missing) {
    if (missing) return inconclusive(Reason::missing, "the newest row has no value");
    const double newest = values_.back();
    const auto earlier = values_.first(values_.size() - 1);
    const auto known = std::ranges::count_if(earlier, [](double x) { return !std::isnan(x); });
    judgement_.n_base = static_cast<std::uint64_t>(known);
    if (judgement_.n_base < stats::least_history)
      return inconclusive(Reason::too_few,
                          fmt::format("{} earlier values, {} are needed", known, stats::least_history));
    const bool same = std::ranges::all_of(earlier, [&](double x) { return std::isnan(x) || x == newest; });
    if (!same) return inconclusive(Reason::not_finite, "values that are not above 0 have no ratio");
    judgement_.status = Status::pass;
    judgement_.test = "exact";
    judgement_.explanation = judgement_.series + " is as in every row before";
    return judgement_;
  }

  void describe() {
    const auto ratio = [&](double log) { return std::exp(sign_ * log); };
    Effect effect;
    effect.estimate = ratio(newest_.shift);
    effect.low = ratio(sign_ > 0 ? newest_.interval.lo : newest_.interval.hi);
    effect.high = ratio(sign_ > 0 ? newest_.interval.hi : newest_.interval.lo);
    judgement_.effect = effect;
    judgement_.n = newest_.rows;
    judgement_.false_alarm_rate = stats::newest_level_false_alarms;
    judgement_.detectable_effect = ratio(newest_.detectable);
    const std::string rows =
        newest_.rows == 1 ? "the newest row is" : fmt::format("the newest {} rows are", newest_.rows);
    judgement_.explanation = fmt::format(
        "{}: {} {} than the level before (95 %: {} to {})", judgement_.series, rows,
        percent_worse(newest_.shift), percent_worse(newest_.interval.lo), percent_worse(newest_.interval.hi));
  }

  void conclude(stats::GateStatus status) {
    switch (status) {
      case stats::GateStatus::fail:
        judgement_.status = Status::fail;
        break;
      case stats::GateStatus::warn:
        judgement_.status = Status::warn;
        break;
      case stats::GateStatus::unconfirmed:
        judgement_.status = Status::inconclusive;
        judgement_.reason = Reason::undecided;
        judgement_.explanation += ": one row cannot tell a change from an outlier; measure again";
        break;
      default:
        judgement_.status = Status::pass;
        if (newest_.shift > std::log1p(bounds_.warn))
          judgement_.explanation += ": as noise in this history does now and then";
        break;
    }
  }

  std::span<const double> values_;
  model::Regression bounds_;
  double sign_;
  stats::NewestLevel newest_;
  Judgement judgement_;
};

}  // namespace

model::LevelHistory find_levels(std::string name, Better better, std::span<const double> values) {
  const Scale scale{has_logarithms(values) ? EffectKind::ratio : EffectKind::difference};
  const bool ratio = scale.kind == EffectKind::ratio;
  stats::ChangePointOptions options;
  if (!ratio) options.resolution = linear_resolution(values);
  const stats::Segmentation found = stats::find_change_points(
      ratio ? logs_of(values) : std::vector<double>(values.begin(), values.end()), options);
  model::LevelHistory history{
      std::move(name), better, found.values, {}, std::nullopt, stretches(found, values.size(), scale)};
  for (const stats::ChangePoint& change : found.changes)
    history.changes.push_back({change.index, scale.effect(change.shift, change.interval)});
  if (found.drift) {
    const stats::Drift& drift = *found.drift;
    history.trend = scale.effect(rows_of_trend * drift.slope,
                                 {rows_of_trend * drift.interval.lo, rows_of_trend * drift.interval.hi});
  }
  return history;
}

bool has_ended(std::span<const double> values) {
  return values.size() >= stats::least_history &&
         std::ranges::all_of(values.last(stats::least_history), [](double x) { return std::isnan(x); });
}

Judgement judge_newest_value(std::string name, Better better, std::span<const double> values,
                             const model::Regression& bounds) {
  return NewestJudge(std::move(name), better, values, bounds).run();
}

}  // namespace plimsoll::judges
