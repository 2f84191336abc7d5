#include "plimsoll/stats/ramp_pruning.h"

#include <cmath>
#include <limits>

namespace plimsoll::stats {

RampPruning::RampPruning(std::span<const double> values, std::span<const double> rows,
                         std::span<const std::size_t> cuts)
    : n_(values.size()) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t end = i < cuts.size() ? cuts[i] : values.size();
    add_level(values.subspan(begin, end - begin), rows.subspan(begin, end - begin));
    begin = end;
  }
}

double RampPruning::slope_error(const HistoryNoise& noise) const {
  const double variance = noise.variance * noise.inflation(static_cast<double>(n_));
  return total_.rows > 0 ? std::sqrt(variance / total_.rows) : 0;
}

void RampPruning::prune(const HistoryNoise& noise, double threshold) {
  while (levels_.size() > 1) {
    double worth = 0;
    const std::size_t i = weakest(worth);
    const double variance = noise.variance * noise.inflation(levels_[i].n + levels_[i + 1].n);
    if (worth >= threshold * threshold * variance) return;
    merge(i);
  }
}

// What two levels lose when they become one.
RampPruning::Squares RampPruning::between(const Level& a, const Level& b) {
  const double weight = a.n * b.n / (a.n + b.n);
  const double rise = b.mean - a.mean;
  const double run = b.row - a.row;
  return {weight * rise * rise, weight * rise * run, weight * run * run};
}

void RampPruning::add_level(std::span<const double> values, std::span<const double> rows) {
  Level level{static_cast<double>(values.size()), 0, 0};
  const double first = values.front();  // sums are about it, so that nearly equal numbers lose no digits
  for (std::size_t i = 0; i < values.size(); ++i) {
    level.row += rows[i];
    level.mean += values[i] - first;
  }
  level.row /= level.n;
  level.mean = first + level.mean / level.n;
  Squares within;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double row = rows[i] - level.row;
    const double value = values[i] - level.mean;
    within.values += value * value;
    within.products += row * value;
    within.rows += row * row;
  }
  total_ = total_ + within;
  levels_.push_back(level);
}

std::size_t RampPruning::weakest(double& worth) const {
  std::size_t weakest = 0;
  worth = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
    const double loss = (total_ + between(levels_[i], levels_[i + 1])).left() - total_.left();
    if (loss < worth) {
      worth = loss;
      weakest = i;
    }
  }
  return weakest;
}

void RampPruning::merge(std::size_t i) {
  Level& a = levels_[i];
  const Level& b = levels_[i + 1];
  total_ = total_ + between(a, b);
  const double n = a.n + b.n;
  a = {n, (a.n * a.row + b.n * b.row) / n, (a.n * a.mean + b.n * b.mean) / n};
  levels_.erase(levels_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
}

}  // namespace plimsoll::stats
