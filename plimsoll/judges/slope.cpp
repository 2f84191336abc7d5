#include "plimsoll/judges/slope.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/units.h"
#include "plimsoll/judges/words.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/stats/rise.h"

namespace plimsoll::judges {
namespace {

using model::Comparison;
using model::Judgement;
using model::Reason;
using model::Status;
using stats::RiseShape;

constexpr double hour = 3'600;
constexpr double false_alarms = 0.025;  // one side of a 95 % interval

struct OverTime {
  std::vector<double> at, value;
};

OverTime over_time(const Question& question) {
  std::vector<std::pair<double, double>> points;
  for (const model::Observation& observation : question.head) {
    const auto value = model::statistic(observation.value, std::nullopt);
    if (value && std::isfinite(*value))
      points.emplace_back(observation.slice_start + observation.slice_seconds / 2, *value);
  }
  std::ranges::sort(points);
  OverTime result;
  for (const auto& [at, value] : points) {
    result.at.push_back(at - points.front().first);
    result.value.push_back(value);
  }
  return result;
}

constexpr double lopsided = 1.5;  // one side of an interval against the other

// "3.1 ± 0.2 MiB/h" where both read in one unit; the interval where it is lopsided or open.
std::string speed_text(const stats::Interval& interval, double slope, const std::string& unit) {
  if (!std::isfinite(interval.width())) return base::format_value(slope, unit) + " (95 %: cannot be bounded)";
  const auto [shorter, half] = std::minmax({interval.hi - slope, slope - interval.lo});
  const double scale = std::abs(slope) < half ? half : slope;
  for (const auto& [name, size] :
       {std::pair("GiB", 1024.0 * 1024 * 1024), {"MiB", 1024.0 * 1024}, {"KiB", 1024.0}, {"B", 1.0}}) {
    if (half > lopsided * shorter || !unit.starts_with("bytes_") || std::abs(scale) < size) continue;
    const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(half / size))), 0, 3);
    return fmt::format("{:.{}f} ± {:.{}f} {}/h", slope / size, decimals, half / size, decimals, name);
  }
  return base::format_value(slope, unit) + " (95 %: " + base::format_value(interval.lo, unit) + " to " +
         base::format_value(interval.hi, unit) + ")";
}

class SlopeJudge {
 public:
  explicit SlopeJudge(const Question& question)
      : question_(question),
        threshold_(std::get<model::Threshold>(question.rule.check)),
        judgement_(begin_judgement(question)) {
    judgement_.stat = model::to_string(*question.rule.stat);
    judgement_.unit = model::statistic_unit(question.series.unit, question.rule.stat);
    judgement_.bound = threshold_.bound.value / threshold_.per_seconds * hour;
    judgement_.test = "theil-sen";
  }

  Judgement run() {
    const OverTime points = over_time(question_);
    judgement_.n = points.at.size();
    const auto rise = stats::even_rise(points.at, points.value);
    if (!rise) {
      return set_inconclusive(judgement_, Reason::too_few,
                              judgement_.series + " has too few slices over time to tell how it rises");
    }
    rise_ = *rise;
    interval_ = {rise_.slope.interval.lo * hour, rise_.slope.interval.hi * hour};
    judgement_.value = rise_.slope.slope * hour;
    judgement_.false_alarm_rate = false_alarms;
    show();
    return decide();
  }

 private:
  void show() {
    const auto finite = [](double x) { return std::isfinite(x) ? std::optional(x) : std::nullopt; };
    judgement_.effect = model::Effect{.kind = model::EffectKind::difference,
                                      .estimate = judgement_.value,
                                      .low = finite(interval_.lo),
                                      .high = finite(interval_.hi)};
  }

  bool wants_below() const {
    return threshold_.comparison == Comparison::less || threshold_.comparison == Comparison::less_equal;
  }

  Judgement decide() {
    const double bound = *judgement_.bound;
    const bool below = interval_.hi < bound;
    const bool above = interval_.lo > bound;
    if (wants_below() ? below : above) return end(Status::pass, ", within its bound of ");
    if (rise_.shape == RiseShape::slowing && wants_below())
      return undecided("but ever slower, as what fills up does: a longer run would tell");
    if (!(wants_below() ? above : below)) {
      return undecided("too little to tell it from its bound of " +
                       base::format_value(bound, judgement_.unit));
    }
    if (rise_.shape != RiseShape::even || !rise_.beats_a_jump)
      return undecided("but a single jump explains it as well: a longer run would tell");
    return end(violated(question_.rule), ", beyond its bound of ");
  }

  Judgement end(Status status, std::string_view relation) {
    judgement_.status = status;
    judgement_.explanation =
        sentence() + std::string(relation) + base::format_value(*judgement_.bound, judgement_.unit);
    return judgement_;
  }

  Judgement undecided(const std::string& why) {
    return set_inconclusive(judgement_, Reason::undecided, sentence() + ": " + why);
  }

  std::string sentence() const {
    const bool leaks = question_.series.id.name == "service.memory" && interval_.lo > 0 &&
                       rise_.shape == RiseShape::even && rise_.beats_a_jump;
    std::string text = judgement_.series + (leaks ? " leaks " : " rises by ") +
                       speed_text(interval_, *judgement_.value, judgement_.unit);
    if (rise_.from > 0) text += " after a warm-up of " + base::format_seconds(rise_.from);
    return text;
  }

  const Question& question_;
  model::Threshold threshold_;
  Judgement judgement_;
  stats::Rise rise_;
  stats::Interval interval_;
};

}  // namespace

Judgement judge_slope(const Question& question) {
  return SlopeJudge(question).run();
}

}  // namespace plimsoll::judges
