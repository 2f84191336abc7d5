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
// An earlier value this far towards the new one is like it.
constexpr double alike = 0.8;
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

  // The standard error of the level.
  double level_error() const {
    const HistoryNoise one{noise() * noise(), found_.autocorrelation};
    return std::sqrt(one.variance * one.inflation(last_size_) / last_size_);
  }
  // How much further out a new value lies than noise, since the level is not known exactly.
  double stretch() const { return std::hypot(1, level_error() / noise()); }

  // P(noise this far out), from what was seen and Student's t beyond.
  double tail(double residual) const {
    const double stretched = residual / stretch();
    const auto first = std::ranges::lower_bound(residuals_, alike * stretched);
    const auto seen = static_cast<double>(residuals_.end() - first);
    const double empirical = (seen + prior_outliers) / (static_cast<double>(size()) + 1);
    const double t = t_above(stretched / noise(), tail_degrees);
    return std::min(1.0, std::max(empirical, t));
  }

  // Where that is p, at least.
  double quantile(double p) const {
    const double seen = stats::quantile(residuals_, p);
    const double t = -noise() * t_point_above(p, tail_degrees);
    return p < 0.5 ? std::min(seen, t) : std::max(seen, t);
  }

 private:
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
    std::ranges::sort(residuals_);
  }

  Segmentation found_;
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
    const auto counted = static_cast<double>(ascending_.size() - spare_);
    exponent_ = 1 + (counted - 1) * (1 - reference.correlation());
    ways_ = spare_ == 0 ? 1 : static_cast<double>(ascending_.size());
  }

  // P(noise puts them this far out).
  double p() const { return std::min(1.0, ways_ * std::pow(reference_.tail(ascending_[spare_]), exponent_)); }

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
  result.detectable = std::max(reference.quantile(1 - newest_level_alarm), reference.noise()) +
                      normal_point_above(0.2) * reference.noise();
  std::vector<double> residuals;
  for (std::size_t row = values.size(); row-- > first;) {
    if (std::isnan(values[row])) continue;
    residuals.push_back(values[row] - reference.level_at(row));
    for (const std::size_t spare : {0, 1}) {
      if (spare == 1 && residuals.size() < 3) continue;
      const Together together(reference, residuals, spare);
      if (residuals.size() > 1 && together.p() >= result.p) continue;
      result.rows = residuals.size();
      result.p = together.p();
      result.shift = together.shift();
      result.interval = together.interval();
    }
  }
  return result;
}

GateStatus gate_status(const NewestLevel& newest, double warn, double fail) {
  if (newest.missing) return GateStatus::missing;
  if (newest.n_base < least_history) return GateStatus::too_few;
  const double warn_shift = std::log1p(warn);
  if (newest.shift <= warn_shift) return GateStatus::pass;
  if (newest.p <= newest_level_alarm) {
    if (newest.shift > std::log1p(fail) && newest.interval.lo > warn_shift) return GateStatus::fail;
    if (newest.interval.lo > 0) return GateStatus::warn;
  }
  return newest.p <= doubt ? GateStatus::unconfirmed : GateStatus::pass;
}

}  // namespace plimsoll::stats
