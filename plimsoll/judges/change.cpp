#include "plimsoll/judges/change.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/units.h"
#include "plimsoll/judges/log_ratio.h"
#include "plimsoll/judges/words.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/stats/newest_level.h"

namespace plimsoll::judges {
namespace {

using model::Better;
using model::Judgement;
using model::Reason;
using model::Status;
using stats::GateStatus;
using stats::NewestLevel;

// The least that the drift family asks of a warning (plimsoll/pipeline/adjust_family.h).
constexpr double false_alarms = 0.01;

class ChangeJudge {
 public:
  ChangeJudge(const Question& question, const std::optional<model::Stat>& stat)
      : question_(question),
        stat_(stat),
        bounds_(bounds_of(question.rule)),
        judgement_(begin_judgement(question)) {
    judgement_.unit = model::statistic_unit(question.series.unit, stat);
    judgement_.test = "newest-runs-by-order";
    judgement_.family = model::ErrorFamily::drift;
    if (stat) judgement_.stat = model::to_string(*stat);
  }

  Judgement run() {
    const auto merged = model::merge(question_.head);
    const auto value = model::statistic(*merged, stat_);
    if (!value) return set_inconclusive(judgement_, Reason::missing, "the evidence holds no such statistic");
    if (!std::isfinite(*value))
      return set_inconclusive(judgement_, Reason::not_finite, name() + " is not finite");
    judgement_.value = *value;
    judgement_.n = 1;
    const auto head = worse_log(*merged, stat_, question_.series.better);
    if (!head || !have_logarithms(question_.baseline, stat_)) return without_ratio();
    const std::vector<double> logs = history(*head);
    worse_ = stats::judge_newest(logs);
    judgement_.n_base = worse_.n_base;
    if (worse_.n_base < stats::least_history) return learning(worse_.n_base);
    std::vector<double> mirrored = logs;
    for (double& log : mirrored) log = -log;
    better_ = stats::judge_newest(mirrored);
    return conclude();
  }

 private:
  // Oldest first, this run last; a run without the statistic is missing.
  std::vector<double> history(double head) const {
    std::vector<double> logs;
    for (const BaselineValue& earlier : question_.baseline) {
      const auto log = worse_log(earlier.value, stat_, question_.series.better);
      logs.push_back(log.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    std::ranges::reverse(logs);
    logs.push_back(head);
    return logs;
  }

  Judgement learning(std::size_t runs) {
    return set_learning(judgement_, name(), runs, stats::least_history);
  }

  Judgement without_ratio() {
    const std::size_t runs = question_.baseline.size();
    return runs < stats::least_history ? learning(runs)
                                       : set_without_ratio(judgement_, question_, stat_, name());
  }

  // Where no direction is the better one, both are bad, and asking both doubles the chance of an alarm.
  Judgement conclude() {
    const bool directed = question_.series.better != Better::neither;
    const double p_worse = worse_.confirmed.p;
    const double p_either = std::min(1.0, 2 * std::min(p_worse, better_.confirmed.p));
    judgement_.p_fail = directed ? p_worse : p_either;
    judgement_.p_warn = p_either;
    judgement_.false_alarm_rate = false_alarms;
    judgement_.detectable_effect = ratio(std::max(worse_.detectable, std::log1p(bounds_.warn)));
    const bool upwards = p_worse <= better_.confirmed.p;
    if (is_confirmed(upwards ? worse_ : better_)) return confirmed(upwards, directed);
    return unconfirmed(directed || worse_.p <= better_.p);
  }

  bool is_confirmed(const NewestLevel& side) const {
    return side.confirmed.rows > 0 && side.confirmed.shift > std::log1p(bounds_.warn) &&
           side.confirmed.interval.lo > 0;
  }

  Judgement confirmed(bool upwards, bool directed) {
    const stats::Confirmation& found = (upwards ? worse_ : better_).confirmed;
    const bool fails = found.shift > std::log1p(bounds_.fail) &&
                       found.interval.lo > std::log1p(bounds_.warn) && (upwards || !directed);
    judgement_.status = fails ? violated(question_.rule) : Status::warn;
    describe(upwards ? 1 : -1, found.shift, found.interval, found.rows);
    return judgement_;
  }

  Judgement unconfirmed(bool upwards) {
    const NewestLevel& found = upwards ? worse_ : better_;
    describe(upwards ? 1 : -1, found.shift, found.interval, found.rows);
    const GateStatus alone = stats::gate_status(found, bounds_.warn, bounds_.fail);
    const bool suspicious =
        alone == GateStatus::fail || alone == GateStatus::warn || alone == GateStatus::unconfirmed;
    judgement_.status = suspicious ? Status::learning : Status::pass;
    if (suspicious) judgement_.explanation += ": a change or an outlier, the next runs tell";
    return judgement_;
  }

  void describe(double side, double shift, const stats::Interval& interval, std::size_t rows) {
    const stats::Interval signed_interval = side > 0 ? interval : stats::Interval{-interval.hi, -interval.lo};
    const bool flip = question_.series.better == Better::higher;
    model::Effect effect{.kind = model::EffectKind::ratio};
    effect.estimate = ratio(side * shift);
    effect.low = ratio(flip ? signed_interval.hi : signed_interval.lo);
    effect.high = ratio(flip ? signed_interval.lo : signed_interval.hi);
    judgement_.effect = effect;
    // Without a direction the bound is the one on the side that the effect lies on.
    const bool below = question_.series.better == Better::neither && side < 0;
    judgement_.bound = ratio((below ? -1 : 1) * std::log1p(bounds_.fail));
    judgement_.n = rows;
    const std::string runs = rows == 1 ? "this run" : "the newest " + std::to_string(rows) + " runs";
    judgement_.explanation = is() + ": " + runs + (rows == 1 ? " is " : " are ") +
                             percent_worse(side * shift) +
                             " than the level before (95 %: " + percent_worse(signed_interval.lo) + " to " +
                             percent_worse(signed_interval.hi) + ")";
  }

  double ratio(double log) const { return std::exp(question_.series.better == Better::higher ? -log : log); }
  std::string name() const { return subject_of(judgement_, stat_); }
  std::string is() const { return name() + " is " + base::format_value(*judgement_.value, judgement_.unit); }

  const Question& question_;
  std::optional<model::Stat> stat_;
  stats::RegressionBounds bounds_;
  Judgement judgement_;
  NewestLevel worse_, better_;  // better_ is of the mirrored history
};

}  // namespace

std::vector<Judgement> judge_change(const Question& question) {
  std::vector<Judgement> judgements;
  for (const auto& stat : stats_of(question)) judgements.push_back(ChangeJudge(question, stat).run());
  return judgements;
}

}  // namespace plimsoll::judges
