#include "plimsoll/stats/newest_level.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "plimsoll/stats/change_points.h"
#include "plimsoll/stats/distributions.h"
#include "plimsoll/stats/history_noise.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::stats {
namespace {

constexpr std::size_t most_rows = 4;
// Noise is taken to have tails like this where the history has shown none.
constexpr double tail_degrees = 6;
// An outlier is as probable before the first was seen as if a twentieth of one had been.
constexpr double prior_outliers = 0.05;
// An earlier value this far towards the new one is like it, and so is any outlier: this many standard
// deviations.
constexpr double alike = 0.8;
constexpr double outlier = 6;
// Neither noise nor change, up to this probability of noise.
constexpr double doubt = 0.025;

// The values before the newest ones, and the level that they end on.
class Reference {
 public:
  // `newest` values at the end are not looked at.
  Reference(std::span<const double> values, std::size_t first_new) {
    const std::span<const double> history = values.first(first_new);
    found_ = find_change_points(history);
    collect(history);
  }

  double level_at(std::size_t row) const { return level_ + slope() * static_cast<double>(row); }

  std::size_t size() const { return residuals_.size(); }
  double noise() const { return found_.noise; }
  double correlation() const { return found_.autocorrelation; }
  // What is left of it when its standard error is taken off: chance alone would cost a third of the power.
  double certain_correlation() const {
    return std::max(0.0, correlation() - 1 / std::sqrt(static_cast<double>(size())));
  }

  // The standard error of the level.
  double level_error() const {
    const HistoryNoise one{noise() * noise(), found_.autocorrelation};
    return std::sqrt(one.variance * one.inflation(last_size_) / last_size_);
  }
  // How much further out a new value lies than noise, since the level is not known exactly.
  double stretch() const { return std::hypot(1, level_error() / noise()); }

  // P(noise this far out): as often as it was seen, and by Student's t.
  double seen_share(double residual) const {
    return std::min(1.0, (like(residual) + prior_outliers) / (static_cast<double>(size()) + 1));
  }
  double t_tail(double residual) const {
    return std::min(1.0, t_above(residual / stretch() / noise(), tail_degrees));
  }

  // How often what is like it followed on another such value: outliers of a machine come alone or in bursts.
  double clustering(double residual) const {
    const double limit = like_from(residual);
    double pairs = 0;
    for (std::size_t i = 1; i < in_order_.size(); ++i) {
      pairs += in_order_[i] >= limit && in_order_[i - 1] >= limit ? 1 : 0;
    }
    const double seen = like(residual);
    return seen == 0 ? correlation() : pairs / seen;
  }

  // How many earlier residuals lie at least that far out.
  double beyond(double residual) const {
    return static_cast<double>(residuals_.end() - std::ranges::lower_bound(residuals_, residual / stretch()));
  }

  // Where that is p, at least.
  double quantile(double p) const {
    const double seen = stats::quantile(residuals_, p);
    const double t = -noise() * t_point_above(p, tail_degrees);
    return p < 0.5 ? std::min(seen, t) : std::max(seen, t);
  }

 private:
  // Where outliers happen, a larger one than any before is no surprise.
  double like_from(double residual) const {
    return std::min(alike * residual / stretch(), outlier * noise());
  }
  double like(double residual) const {
    return static_cast<double>(residuals_.end() - std::ranges::lower_bound(residuals_, like_from(residual)));
  }

  double slope() const { return found_.drift ? found_.drift->slope : 0; }

  void collect(std::span<const double> history) {
    std::vector<double> flat;
    std::vector<std::size_t> cuts;
    auto change = found_.changes.begin();
    for (std::size_t i = 0; i < history.size(); ++i) {
      if (std::isnan(history[i])) continue;
      if (change != found_.changes.end() && i >= change->index) {
        cuts.push_back(flat.size());
        ++change;
      }
      flat.push_back(history[i] - slope() * static_cast<double>(i));
    }
    cuts.push_back(flat.size());
    const std::vector<double> drawn = draw_in_outliers(flat, ChangePointOptions{}.resolution);
    std::size_t begin = 0;
    for (const std::size_t end : cuts) {
      const double level = mean(std::span(drawn).subspan(begin, end - begin));
      for (std::size_t i = begin; i < end; ++i) residuals_.push_back(flat[i] - level);
      level_ = level;
      last_size_ = static_cast<double>(end - begin);
      begin = end;
    }
    in_order_ = residuals_;
    std::ranges::sort(residuals_);
  }

  Segmentation found_;
  std::vector<double> in_order_;   // residuals as they came
  std::vector<double> residuals_;  // ascending, of all levels, outliers as they were
  double last_size_ = 1;
  double level_ = 0;  // at row 0 of the ramp
};

// What the newest values say together: all of them lie beyond the lowest, or all but one (`spare`) beyond the
// second lowest. Neighbours of correlated noise are counted as fewer.
class Together {
 public:
  Together(const Reference& reference, std::vector<double> residuals, std::size_t spare)
      : reference_(reference), ascending_(std::move(residuals)), spare_(spare) {
    std::ranges::sort(ascending_);
    exponent_ = counted(reference.correlation());
    ways_ = spare_ == 0 ? 1 : static_cast<double>(ascending_.size());
  }

  // P(noise puts them this far out).
  double p() const {
    const double lowest = ascending_[spare_];
    const double seen = std::pow(reference_.seen_share(lowest), counted(reference_.clustering(lowest)));
    return std::min(1.0, ways_ * std::max(seen, std::pow(reference_.t_tail(lowest), exponent_)));
  }

  // The same by order alone (see Confirmation), for one look.
  double p_by_order() const {
    const double beyond = reference_.beyond(ascending_.front());
    const auto n = static_cast<double>(reference_.size());
    double p = 1;
    for (std::size_t i = 1; i <= ascending_.size(); ++i) {
      p *= (beyond + static_cast<double>(i)) / (n + static_cast<double>(i));
    }
    return std::pow(p, counted(reference_.certain_correlation()) / static_cast<double>(ascending_.size()));
  }

  double shift() const { return median(ascending_); }

  // Inverts the same question on both sides.
  Interval interval() const {
    const double each = std::min(0.5, std::pow(0.025 / ways_, 1 / exponent_));
    const double error = 1.96 * reference_.level_error();
    const double low = ascending_[spare_] - std::hypot(reference_.quantile(1 - each), error);
    const double high =
        ascending_[ascending_.size() - 1 - spare_] + std::hypot(reference_.quantile(each), error);
    return {std::min(low, shift()), std::max(high, shift())};
  }

 private:
  // How many independent values they are.
  double counted(double correlation) const {
    return 1 + static_cast<double>(ascending_.size() - spare_ - 1) * (1 - correlation);
  }

  const Reference& reference_;
  std::vector<double> ascending_;
  std::size_t spare_ = 0;
  double exponent_ = 1;
  double ways_ = 1;
};

std::size_t first_of_newest(std::span<const double> values) {
  std::size_t first = values.size();
  for (std::size_t found = 0; found < most_rows && first > 0; ++found) {
    do --first;
    while (first > 0 && std::isnan(values[first]));
  }
  return first;
}

// Of looks that raise an alarm the one that is surer of how large it is; else the less probable one.
bool speaks_clearer(const NewestLevel& look, const NewestLevel& other) {
  const bool alarm = look.p <= newest_level_alarm(look.rows);
  const bool other_alarm = other.p <= newest_level_alarm(other.rows);
  if (alarm != other_alarm) return alarm;
  return alarm ? look.interval.lo > other.interval.lo : look.p < other.p;
}

constexpr std::size_t least_confirming = 2;
constexpr std::size_t most_confirming = 3;

void confirm(const Together& together, std::size_t rows, Confirmation& best) {
  if (rows < least_confirming || rows > most_confirming) return;
  constexpr double looks = most_confirming - least_confirming + 1;
  const double p = std::min(1.0, looks * together.p_by_order());
  if (best.rows == 0 || p < best.p) best = {rows, together.shift(), together.interval(), p};
}

}  // namespace

NewestLevel judge_newest(std::span<const double> values) {
  NewestLevel result;
  result.missing = values.empty() || std::isnan(values.back());
  const auto known = std::ranges::count_if(values, [](double x) { return !std::isnan(x); });
  result.n_base = static_cast<std::size_t>(known) - (result.missing || known == 0 ? 0 : 1);
  if (result.missing || result.n_base < least_history) return result;

  const std::size_t first = first_of_newest(values);
  const Reference reference(values, first);
  result.noise = reference.noise();
  result.level = reference.level_at(values.size() - 1);
  result.detectable = std::max(reference.quantile(1 - newest_level_alarm(1)), reference.noise()) +
                      normal_point_above(0.2) * reference.noise();
  std::vector<double> residuals;
  for (std::size_t row = values.size(); row-- > first;) {
    if (std::isnan(values[row])) continue;
    residuals.push_back(values[row] - reference.level_at(row));
    for (const std::size_t spare : {0, 1}) {
      if (spare == 1 && residuals.size() < 3) continue;
      const Together together(reference, residuals, spare);
      if (spare == 0) confirm(together, residuals.size(), result.confirmed);
      const NewestLevel before = result;
      result.rows = residuals.size();
      result.p = together.p();
      result.shift = together.shift();
      result.interval = together.interval();
      if (residuals.size() > 1 && !speaks_clearer(result, before)) result = before;
    }
  }
  return result;
}

GateStatus gate_status(const NewestLevel& newest, double warn, double fail) {
  if (newest.missing) return GateStatus::missing;
  if (newest.n_base < least_history) return GateStatus::too_few;
  const double warn_shift = std::log1p(warn);
  if (newest.shift <= warn_shift) return GateStatus::pass;
  if (newest.p <= newest_level_alarm(newest.rows)) {
    if (newest.shift > std::log1p(fail) && newest.interval.lo > warn_shift) return GateStatus::fail;
    if (newest.interval.lo > 0) return GateStatus::warn;
  }
  return newest.p <= doubt ? GateStatus::unconfirmed : GateStatus::pass;
}

}  // namespace plimsoll::stats
