#include "plimsoll/judges/two_samples.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "plimsoll/judges/log_ratio.h"
#include "plimsoll/judges/words.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/stats/distributions.h"
#include "plimsoll/stats/quantiles.h"
#include "plimsoll/stats/regression_test.h"
#include "plimsoll/stats/two_sample.h"

namespace plimsoll::judges {
namespace {

using model::Better;
using model::Judgement;
using model::Reason;
using model::Status;

constexpr std::size_t least_for_ranks = 10;
constexpr std::size_t most_pairs = 1'000'000;

model::Samples samples_of(const std::vector<model::Observation>& side) {
  model::Samples samples;
  for (const model::Observation& observation : side) {
    if (const auto* scalar = std::get_if<double>(&observation.value)) samples.push_back(*scalar);
    if (const auto* more = std::get_if<model::Samples>(&observation.value))
      samples.insert(samples.end(), more->begin(), more->end());
  }
  return samples;
}

// Signed so that larger is worse.
std::vector<double> worse_logs(const model::Samples& samples, Better better) {
  std::vector<double> logs = stats::logs(samples);
  if (better == Better::higher) std::ranges::for_each(logs, [](double& x) { x = -x; });
  return logs;
}

bool all_above_zero(const model::Samples& samples) {
  return std::ranges::all_of(samples, [](double x) { return std::isfinite(x) && x > 0; });
}

class TwoSampleJudge {
 public:
  explicit TwoSampleJudge(const Question& question)
      : question_(question),
        head_(samples_of(question.head)),
        base_(samples_of(question.base)),
        bounds_(bounds_of(question.rule)),
        judgement_(begin_judgement(question)) {
    judgement_.n = head_.size();
    judgement_.n_base = base_.size();
  }

  Judgement run() {
    if (head_.empty() || base_.empty())
      return set_inconclusive(judgement_, Reason::missing,
                              name() + " has no samples in " + (base_.empty() ? "BASE" : "HEAD"));
    judgement_.value = stats::median(head_);
    if (head_.size() < 2 || base_.size() < 2) {
      return set_inconclusive(judgement_, Reason::too_few,
                              name() + " has one sample " + (head_.size() < 2 ? "in HEAD" : "in BASE") +
                                  ": a single number says nothing of its noise");
    }
    if (!all_above_zero(head_) || !all_above_zero(base_)) return without_logarithm();
    return compare();
  }

 private:
  Judgement without_logarithm() {
    const double first = base_.front();
    const auto is_first = [&](double x) { return x == first; };
    if (!std::ranges::all_of(base_, is_first) || !std::ranges::all_of(head_, is_first))
      return set_inconclusive(judgement_, Reason::not_finite,
                              name() + " is not above 0 everywhere: a ratio cannot be taken");
    judgement_.status = Status::pass;
    judgement_.test = "exact";
    judgement_.explanation =
        name() + " is " + base::format_value(first, judgement_.unit) + " in BASE and HEAD alike";
    return judgement_;
  }

  Judgement compare() {
    const std::vector<double> head = worse_logs(head_, question_.series.better);
    const std::vector<double> base = worse_logs(base_, question_.series.better);
    const bool by_ranks =
        std::min(head.size(), base.size()) >= least_for_ranks && head.size() <= most_pairs / base.size();
    const auto test = by_ranks ? stats::mann_whitney : stats::welch_t;
    judgement_.test = by_ranks ? "mann-whitney-on-logs" : "welch-t-on-logs";
    const stats::TestResult shift = test(base, head, {});
    judgement_.p_warn = test(base, head, {.delta0 = std::log1p(bounds_.warn)}).p_greater;
    judgement_.p_fail = test(base, head, {.delta0 = std::log1p(bounds_.fail)}).p_greater;
    judge_log_ratio(judgement_, question_, shift.estimate, shift.interval);
    show_power(shift.interval);
    const std::string than = "BASE's " + base::format_value(stats::median(base_), judgement_.unit) +
                             ", medians of " + std::to_string(head_.size()) + " and " +
                             std::to_string(base_.size());
    judgement_.explanation = ratio_sentence(judgement_, name(), shift.estimate, shift.interval, than);
    return judgement_;
  }

  // By the normal approximation, with the standard error that the interval shows.
  void show_power(const stats::Interval& interval) {
    const double half = interval.width() / 2;
    const double error = half / stats::normal_point_above(0.025);
    if (!std::isfinite(half)) return;
    judgement_.false_alarm_rate =
        error > 0 ? stats::normal_above((std::log1p(bounds_.warn) + half) / error) : 0.0;
    const double detectable = std::log1p(bounds_.fail) + half + stats::normal_point_above(0.2) * error;
    judgement_.detectable_effect =
        std::exp(question_.series.better == Better::higher ? -detectable : detectable);
  }

  std::string name() const { return judgement_.series; }

  const Question& question_;
  model::Samples head_, base_;
  stats::RegressionBounds bounds_;
  Judgement judgement_;
};

}  // namespace

Judgement judge_two_samples(const Question& question) {
  return TwoSampleJudge(question).run();
}

}  // namespace plimsoll::judges
