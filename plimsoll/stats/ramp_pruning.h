// Steps that are really a slope: levels on a common ramp.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "plimsoll/stats/history_noise.h"

namespace plimsoll::stats {

// Least squares of "levels plus one slope for all of them". A slow ramp looks like a staircase to a search
// for levels; here the slope is free, so that stairs that the slope explains lose their worth.
class RampPruning {
 public:
  // Keeps references; values at ascending rows, levels between `cuts`.
  RampPruning(std::span<const double> values, std::span<const double> rows,
              std::span<const std::size_t> cuts);

  // Per row; 0 where no level has two values.
  double slope() const { return total_.rows > 0 ? total_.products / total_.rows : 0; }
  double slope_error(const HistoryNoise& noise) const;

  // Drops the step that is worth least until all are worth `threshold` standard errors, the slope estimated
  // anew after each.
  void prune(const HistoryNoise& noise, double threshold);

 private:
  struct Level {
    double n = 0, row = 0, mean = 0;
  };
  // Within the levels.
  struct Squares {
    double values = 0, products = 0, rows = 0;

    Squares operator+(const Squares& other) const {
      return {values + other.values, products + other.products, rows + other.rows};
    }
    // About the slope.
    double left() const { return rows > 0 ? values - products * products / rows : values; }
  };

  static Squares between(const Level& a, const Level& b);
  void add_level(std::span<const double> values, std::span<const double> rows);
  std::size_t weakest(double& worth) const;
  void merge(std::size_t i);

  std::size_t n_;
  std::vector<Level> levels_;
  Squares total_;
};

}  // namespace plimsoll::stats
