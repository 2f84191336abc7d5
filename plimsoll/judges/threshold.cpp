#include "plimsoll/judges/threshold.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/units.h"
#include "plimsoll/judges/words.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/stats/design_effect.h"
#include "plimsoll/stats/intervals.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::judges {
namespace {

using model::Comparison;
using model::Judgement;
using model::Observation;
using model::Reason;
using model::Status;

model::Threshold bound_of(const model::Rule& rule) {
  if (const auto* threshold = std::get_if<model::Threshold>(&rule.check)) return *threshold;
  return {Comparison::equal, {0, base::Dimension::none}};  // `none`
}

bool wants_below(Comparison comparison) {
  return comparison == Comparison::less || comparison == Comparison::less_equal;
}

bool holds(double value, Comparison comparison, double bound) {
  switch (comparison) {
    case Comparison::less:
      return value < bound;
    case Comparison::less_equal:
      return value <= bound;
    case Comparison::greater:
      return value > bound;
    case Comparison::greater_equal:
      return value >= bound;
    case Comparison::equal:
      return value == bound;
  }
  return false;
}

std::string_view symbol(Comparison comparison) {
  switch (comparison) {
    case Comparison::less:
      return "<";
    case Comparison::less_equal:
      return "≤";
    case Comparison::greater:
      return ">";
    case Comparison::greater_equal:
      return "≥";
    case Comparison::equal:
      return "=";
  }
  return "";
}

// The observations of one slice of time, of all series in the group, merged.
std::vector<model::Value> slices_of(std::span<const Observation> observations) {
  std::map<double, std::vector<Observation>> by_start;
  for (const Observation& observation : observations)
    by_start[observation.slice_start].push_back(observation);
  std::vector<model::Value> result;
  for (const auto& [start, slice] : by_start) {
    if (auto merged = model::merge(slice)) result.push_back(std::move(*merged));
  }
  return result;
}

// How many values of the slice are at most `bound`, of how many.
stats::SliceCount at_most(const model::Value& value, double bound) {
  if (const auto* histogram = std::get_if<base::Histogram>(&value)) {
    return {static_cast<double>(histogram->count_at_or_below(bound)),
            static_cast<double>(histogram->count())};
  }
  if (const auto* samples = std::get_if<model::Samples>(&value)) {
    const auto below = std::ranges::count_if(*samples, [&](double x) { return x <= bound; });
    return {static_cast<double>(below), static_cast<double>(samples->size())};
  }
  if (const auto* scalar = std::get_if<double>(&value)) return {*scalar <= bound ? 1.0 : 0.0, 1.0};
  return {};
}

// The values at most `bound` over all slices, deflated as the slices demand.
stats::EffectiveCount effective_at_most(std::span<const model::Value> slices, double bound) {
  std::vector<stats::SliceCount> counts;
  for (const model::Value& slice : slices) counts.push_back(at_most(slice, bound));
  return stats::effective_count(counts);
}

// Where a percentile's interval may end, ascending: a bucket, or a value, which is a bucket without width.
std::vector<stats::Interval> support(const model::Value& merged) {
  std::vector<stats::Interval> result;
  if (const auto* histogram = std::get_if<base::Histogram>(&merged)) {
    for (const auto& bucket : histogram->sparse()) {
      result.push_back(
          {base::Histogram::bucket_low(bucket.index), base::Histogram::bucket_high(bucket.index)});
    }
  }
  if (const auto* samples = std::get_if<model::Samples>(&merged)) {
    for (const double value : stats::sorted(*samples)) result.push_back({value, value});
  }
  if (const auto* scalar = std::get_if<double>(&merged)) result.push_back({*scalar, *scalar});
  return result;
}

// All bounds that the test would not reject for the p-th percentile: its 95 % interval.
stats::Interval percentile_interval(const model::Value& merged, double p, double design_effect) {
  const std::vector<stats::Interval> places = support(merged);
  const auto share_at_most = [&](const stats::Interval& place) {
    const stats::SliceCount count = at_most(merged, place.hi);
    return stats::clopper_pearson(count.k / design_effect, count.n / design_effect);
  };
  const auto possible =
      std::ranges::partition_point(places, [&](const auto& x) { return share_at_most(x).hi < p; });
  const auto certain =
      std::ranges::partition_point(places, [&](const auto& x) { return share_at_most(x).lo <= p; });
  const double infinity = std::numeric_limits<double>::infinity();
  return {possible == places.end() ? infinity : possible->lo,
          certain == places.end() ? infinity : certain->hi};
}

class ThresholdJudge {
 public:
  explicit ThresholdJudge(const Question& question)
      : question_(question),
        threshold_(bound_of(question.rule)),
        judgement_(begin_judgement(question)),
        slices_(slices_of(question.head)),
        merged_(*model::merge(question.head)) {
    judgement_.bound = threshold_.bound.value;
    judgement_.unit = model::statistic_unit(judgement_.unit, question.rule.stat);
    if (question.rule.stat) judgement_.stat = model::to_string(*question.rule.stat);
  }

  Judgement run() {
    const auto value = model::statistic(merged_, question_.rule.stat);
    if (!value) return set_inconclusive(judgement_, Reason::missing, "the evidence holds no such statistic");
    if (std::isnan(*value))
      return set_inconclusive(judgement_, Reason::not_finite, name() + " is not a number");
    value_ = *value;
    if (std::isfinite(value_)) judgement_.value = value_;
    const std::optional<model::Stat>& stat = question_.rule.stat;
    const bool share = std::holds_alternative<model::Proportion>(merged_);
    if (share && (!stat || stat->kind == model::StatKind::rate)) return by_rate();
    if (stat && stat->kind == model::StatKind::percentile && !share)
      return by_percentile(stat->percent / 100);
    if (stat && stat->kind == model::StatKind::median && !share) return by_percentile(0.5);
    if (!stat || stat->kind == model::StatKind::mean) return by_mean();
    return exactly();
  }

 private:
  Judgement by_rate() {
    std::vector<stats::SliceCount> counts;
    for (const model::Value& slice : slices_) {
      const auto& proportion = std::get<model::Proportion>(slice);
      counts.push_back({static_cast<double>(proportion.k), static_cast<double>(proportion.n)});
    }
    const auto& total = std::get<model::Proportion>(merged_);
    judgement_.n = total.n;
    if (total.n == 0) return set_inconclusive(judgement_, Reason::too_few, name() + " saw no events");
    const stats::EffectiveCount effective = stats::effective_count(counts);
    judgement_.test = "clopper-pearson";
    const double bound = threshold_.bound.value;
    if (threshold_.comparison == Comparison::equal) return exactly();
    if (wants_below(threshold_.comparison) && bound > 0 && bound < 1) {
      judgement_.detectable_effect =
          -std::expm1(std::log(0.025) / effective.n);  // the upper bound where none is bad
    }
    return by_interval(stats::clopper_pearson(effective.k, effective.n));
  }

  Judgement by_percentile(double p) {
    const stats::EffectiveCount effective = effective_at_most(slices_, threshold_.bound.value);
    judgement_.n = static_cast<std::uint64_t>(at_most(merged_, std::numeric_limits<double>::max()).n);
    judgement_.test = "clopper-pearson";
    if (threshold_.comparison == Comparison::equal) return exactly();
    const stats::Interval share = stats::clopper_pearson(effective.k, effective.n);
    show(percentile_interval(merged_, p, effective.design_effect));
    const bool below = share.lo > p;  // certainly more than p of the values are at most the bound
    const bool above = share.hi < p;
    return decide(wants_below(threshold_.comparison) ? below : above,
                  wants_below(threshold_.comparison) ? above : below);
  }

  Judgement by_mean() {
    const std::vector<double> values = means();
    judgement_.n = static_cast<std::uint64_t>(
        model::statistic(merged_, model::Stat{model::StatKind::count}).value_or(0));
    if (values.size() < 2 || threshold_.comparison == Comparison::equal || !std::isfinite(value_))
      return exactly();
    judgement_.test = "t-interval";
    stats::Interval interval = stats::t_interval(values);
    // Centred on the mean of all values, which the slices' mean of means is not where slices differ in size.
    const double shift = value_ - stats::mean(values);
    return by_interval(within_range({interval.lo + shift, interval.hi + shift}));
  }

  // Student's interval knows nothing of where values can lie: a mean of shares is one.
  stats::Interval within_range(const stats::Interval& interval) const {
    const bool shares = question_.series.unit == "ratio" &&
                        model::statistic(merged_, model::Stat{model::StatKind::min}).value_or(-1) >= 0 &&
                        model::statistic(merged_, model::Stat{model::StatKind::max}).value_or(2) <= 1;
    if (!shares) return interval;
    return {std::max(interval.lo, 0.0), std::min(interval.hi, 1.0)};
  }

  // One number a slice where slices hold many values, else every value.
  std::vector<double> means() const {
    if (const auto* samples = std::get_if<model::Samples>(&merged_); samples && slices_.size() < 10)
      return *samples;
    std::vector<double> result;
    for (const model::Value& slice : slices_) {
      if (const auto mean = model::statistic(slice, question_.rule.stat); mean && std::isfinite(*mean))
        result.push_back(*mean);
    }
    return result;
  }

  Judgement exactly() {
    if (judgement_.n == 0) {
      judgement_.n = static_cast<std::uint64_t>(
          model::statistic(merged_, model::Stat{model::StatKind::count}).value_or(0));
    }
    judgement_.test = "exact";
    show({value_, value_});
    const bool good = holds(value_, threshold_.comparison, threshold_.bound.value);
    return decide(good, !good);
  }

  Judgement by_interval(const stats::Interval& interval) {
    show(interval);
    const double bound = threshold_.bound.value;
    const bool at_bound_is_good = holds(bound, threshold_.comparison, bound);
    const bool below = at_bound_is_good ? interval.hi <= bound : interval.hi < bound;
    const bool above = at_bound_is_good ? interval.lo >= bound : interval.lo > bound;
    if (wants_below(threshold_.comparison)) return decide(below, interval.lo > bound);
    return decide(above, interval.hi < bound);
  }

  void show(const stats::Interval& interval) {
    model::Effect effect{.kind = model::EffectKind::difference};
    const auto finite = [](double x) { return std::isfinite(x) ? std::optional(x) : std::nullopt; };
    effect.estimate = finite(value_);
    effect.low = finite(interval.lo);
    effect.high = finite(interval.hi);
    judgement_.effect = effect;
  }

  Judgement decide(bool good, bool bad) {
    const std::string bound = text(threshold_.bound.value);
    const std::string is = name() + " is " + text(value_) + interval_text();
    if (good || bad) {
      judgement_.status = good ? Status::pass : violated(question_.rule);
      judgement_.explanation = is + (good ? ", within its bound " : ", beyond its bound ") +
                               std::string(symbol(threshold_.comparison)) + " " + bound;
      return judgement_;
    }
    return set_inconclusive(judgement_, Reason::undecided,
                            is + ": too few observations to tell it from its bound " +
                                std::string(symbol(threshold_.comparison)) + " " + bound);
  }

  std::string interval_text() const {
    if (!judgement_.effect || judgement_.test == "exact") return "";
    const auto end = [&](const std::optional<double>& x, const char* none) {
      return x ? text(*x) : std::string(none);
    };
    return " (95 %: " + end(judgement_.effect->low, "−∞") + " to " + end(judgement_.effect->high, "∞") + ")";
  }

  std::string text(double value) const {
    return std::isfinite(value) ? base::format_value(value, judgement_.unit)
                                : std::string("beyond every bound");
  }

  std::string name() const { return subject_of(judgement_, question_.rule.stat); }

  const Question& question_;
  model::Threshold threshold_;
  Judgement judgement_;
  std::vector<model::Value> slices_;
  model::Value merged_;
  double value_ = 0;
};

}  // namespace

Judgement judge_threshold(const Question& question) {
  return ThresholdJudge(question).run();
}

}  // namespace plimsoll::judges
