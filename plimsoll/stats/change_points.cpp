#include "plimsoll/stats/change_points.h"

#include <algorithm>
#include <cmath>

#include "plimsoll/stats/level_search.h"
#include "plimsoll/stats/ramp_pruning.h"
#include "plimsoll/stats/step_location.h"

namespace plimsoll::stats {
namespace {

// Of the normal distribution, 95 % two-sided.
constexpr double two_sided_95 = 1.959963984540054;
// A ramp must explain this much, in squared standard errors; a step its threshold squared.
constexpr double ramp_price = 16;
// Steeper is not slow: 5 % in a hundred rows.
constexpr double steepest = 0.0005;
constexpr int most_slopes = 4;

// Levels on a ramp.
struct Fit {
  double slope = 0;  // per row
  double slope_error = 0;
  std::vector<double> flat;  // the values without the ramp, outliers drawn in
  double left_over = 0;      // slope within the levels that the ramp does not explain
  std::vector<std::size_t> cuts;
  HistoryNoise noise;
  double squares = 0;  // about the levels
};

// One history, missing values left out.
class Finder {
 public:
  Finder(std::span<const double> values, const ChangePointOptions& options) : options_(options) {
    values_.reserve(values.size());
    rows_.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i])) continue;
      values_.push_back(values[i]);
      rows_.push_back(static_cast<double>(i));
    }
  }

  Segmentation run() const {
    Segmentation result;
    result.values = values_.size();
    if (values_.size() < 2 * options_.least) return result;
    Fit fit = best_fit();
    move_steps(fit);
    describe(fit, result);
    return result;
  }

 private:
  Fit best_fit() const {
    Fit best = fit_levels(0);
    Fit ramp = best;
    for (int round = 0; round < most_slopes; ++round) {
      RampPruning pruning(ramp.flat, rows_, ramp.cuts);
      pruning.prune(ramp.noise, options_.threshold);
      const double slope = pruning.slope();
      const double worth_trying = round == 0 ? 2.5 * pruning.slope_error(ramp.noise) : 0.1 * ramp.slope_error;
      if (std::abs(slope) < worth_trying) break;
      if (std::abs(ramp.slope + slope) > steepest) break;
      ramp = fit_levels(ramp.slope + slope);
      if (cost(ramp, best.noise) < cost(best, best.noise)) best = ramp;
    }
    return best;
  }

  Fit fit_levels(double slope) const {
    Fit fit;
    fit.slope = slope;
    std::vector<double> flat = values_;
    if (slope != 0) {
      for (std::size_t i = 0; i < flat.size(); ++i) flat[i] -= slope * rows_[i];
    }
    fit.flat = draw_in_outliers(flat, options_.resolution);
    const LevelSearch search(fit.flat, options_.least);
    fit.noise = difference_noise(fit.flat, options_.resolution);
    fit.cuts = search.cuts(fit.noise, options_.threshold);
    if (!fit.cuts.empty()) {
      fit.noise = residual_noise(fit.flat, fit.cuts, options_.resolution);
      fit.cuts = search.cuts(fit.noise, options_.threshold);
    }
    fit.squares = search.residual_sum(fit.cuts);
    const RampPruning pruning(fit.flat, rows_, fit.cuts);
    fit.slope_error = pruning.slope_error(fit.noise);
    fit.left_over = pruning.slope();
    return fit;
  }

  // Squares in units of the noise, and what a step or a ramp must be worth to be believed.
  double cost(const Fit& fit, const HistoryNoise& noise) const {
    const double unit = noise.variance * noise.inflation(static_cast<double>(values_.size()));
    const double steps = options_.threshold * options_.threshold * static_cast<double>(fit.cuts.size());
    return fit.squares / unit + steps + (fit.slope != 0 ? ramp_price : 0);
  }

  void move_steps(Fit& fit) const {
    if (fit.cuts.empty()) return;
    std::vector<double> ramp_free = values_;
    for (std::size_t i = 0; i < ramp_free.size(); ++i) ramp_free[i] -= fit.slope * rows_[i];
    const LevelSearch search(fit.flat, fit.flat.size());  // for means alone
    const double spread =
        std::sqrt(fit.noise.variance * (1 - fit.noise.autocorrelation * fit.noise.autocorrelation));
    locate_steps(ramp_free, fit.cuts, search.levels(fit.cuts), fit.noise.autocorrelation, spread,
                 options_.least);
    fit.left_over = RampPruning(fit.flat, rows_, fit.cuts).slope();
  }

  void describe(const Fit& fit, Segmentation& result) const {
    const LevelSearch search(fit.flat, fit.flat.size());  // for means alone
    result.noise = std::sqrt(fit.noise.variance);
    result.autocorrelation = fit.noise.autocorrelation;
    result.levels = search.levels(fit.cuts);
    for (std::size_t i = 0; i <= fit.cuts.size(); ++i) {
      const std::size_t begin = i == 0 ? 0 : fit.cuts[i - 1];
      const std::size_t end = i < fit.cuts.size() ? fit.cuts[i] : fit.flat.size();
      const auto n = static_cast<double>(end - begin);
      result.level_errors.push_back(std::sqrt(fit.noise.variance * fit.noise.inflation(n) / n));
    }
    std::size_t begin = 0;
    for (std::size_t i = 0; i < fit.cuts.size(); ++i) {
      const std::size_t end = i + 1 < fit.cuts.size() ? fit.cuts[i + 1] : fit.flat.size();
      const std::size_t cut = fit.cuts[i];
      ChangePoint change;
      change.index = static_cast<std::size_t>(rows_[cut]);
      change.shift = search.mean(cut, end) - search.mean(begin, cut);
      const double error = std::abs(change.shift) / search.score(begin, cut, end, fit.noise);
      // A ramp that is too slow to be told still adds to the difference of two means.
      const double between = (rows_[end - 1] - rows_[begin]) / 2;
      change.shift -= fit.left_over * between;
      const double half = two_sided_95 * std::hypot(error, fit.slope_error * between);
      change.interval = {change.shift - half, change.shift + half};
      result.changes.push_back(change);
      begin = cut;
    }
    if (fit.slope != 0) {
      const double half = two_sided_95 * fit.slope_error;
      result.drift = Drift{fit.slope, {fit.slope - half, fit.slope + half}};
    }
  }

  ChangePointOptions options_;
  std::vector<double> values_, rows_;
};

}  // namespace

Segmentation find_change_points(std::span<const double> values, const ChangePointOptions& options) {
  return Finder(values, options).run();
}

}  // namespace plimsoll::stats
