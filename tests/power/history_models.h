// Histories of benchmarks as CI machines make them, for simulations: a level with steps at known rows, and
// noise of six kinds.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace plimsoll::power {

inline constexpr double missing_cell = std::numeric_limits<double>::quiet_NaN();

// The log of the value in every row, about a level of 0; NaN is a missing cell.
struct History {
  std::vector<double> logs;
  std::vector<std::size_t> steps;  // the first rows of new levels, ascending
  std::vector<double> sizes;       // of the steps, signed
};

enum class Noise { gaussian, heavy_tailed, autocorrelated, drift, bimodal, outliers };

struct NamedNoise {
  std::string_view key, name;
  Noise noise;
};

inline constexpr std::array<NamedNoise, 6> history_noises = {{
    {"gaussian", "Gaussian, 2 %", Noise::gaussian},
    {"heavy_tailed", "heavy tails: t(3), scale 2 %", Noise::heavy_tailed},
    {"autocorrelated", "AR(1) 0.5, innovations of 2 %", Noise::autocorrelated},
    {"drift", "ramp of 1 % per 100 rows, Gaussian 2 %", Noise::drift},
    {"bimodal", "two machines 10 % apart, Gaussian 2 %", Noise::bimodal},
    {"outliers", "5 % of rows slower by 20 % to 200 %, 5 % missing, Gaussian 2 %", Noise::outliers},
}};

// Student's t with 3 degrees of freedom. (Bailey 1994, "Polar generation of random variates with the
// t-distribution".)
inline double student_t3(base::Random& random) {
  const double radius = std::sqrt(3 * (std::pow(1 - random.uniform(), -2.0 / 3) - 1));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

// One row's noise after another.
class NoiseSource {
 public:
  NoiseSource(Noise noise, base::Random& random) : noise_(noise), random_(random) {
    memory_ = spread / std::sqrt(1 - correlation * correlation) * random_.normal();
  }

  double next() {
    const auto row = static_cast<double>(row_++);
    switch (noise_) {
      case Noise::gaussian:
        return spread * random_.normal();
      case Noise::heavy_tailed:
        return spread * student_t3(random_);
      case Noise::autocorrelated:
        memory_ = correlation * memory_ + spread * random_.normal();
        return memory_;
      case Noise::drift:
        return std::log1p(0.0001 * row) + spread * random_.normal();
      case Noise::bimodal:
        return spread * random_.normal() + (random_.uniform() < 0.5 ? std::log(1.10) : 0);
      case Noise::outliers:
        return outlier();
    }
    return 0;
  }

 private:
  double outlier() {
    const double usual = spread * random_.normal();
    const double kind = random_.uniform();
    if (kind < 0.05) return missing_cell;
    return kind < 0.10 ? usual + std::log(1.2 + 1.8 * random_.uniform()) : usual;
  }

  static constexpr double spread = 0.02;
  static constexpr double correlation = 0.5;

  Noise noise_;
  base::Random& random_;
  std::size_t row_ = 0;
  double memory_ = 0;
};

// Nothing changes.
inline History unchanged(Noise noise, std::size_t rows, base::Random& random) {
  NoiseSource source(noise, random);
  History history;
  while (history.logs.size() < rows) history.logs.push_back(source.next());
  return history;
}

// Where steps come: far apart, of any size; or close together, each of one of five sizes.
struct StepPlan {
  std::size_t gap, spread;  // rows between steps: gap to gap + spread
  bool five_sizes;          // 3, 5, 10, 20 or 30 %; else 3 to 30 %
};

inline constexpr StepPlan far_apart = {60, 80, false};
inline constexpr StepPlan close_together = {25, 55, true};

// The level steps up or down as planned.
inline History stepping(Noise noise, std::size_t rows, const StepPlan& plan, base::Random& random) {
  constexpr std::array<double, 5> sizes = {0.03, 0.05, 0.10, 0.20, 0.30};
  History history = unchanged(noise, rows, random);
  double level = 0;
  std::size_t next = plan.gap * 2 / 3 + random.below(plan.spread);
  for (std::size_t row = 0; row < rows; ++row) {
    if (row == next && row + 15 <= rows) {
      const double size =
          std::log1p(plan.five_sizes ? sizes[random.below(sizes.size())] : 0.03 + 0.27 * random.uniform());
      history.sizes.push_back(random.uniform() < 0.5 ? size : -size);
      history.steps.push_back(row);
      level += history.sizes.back();
      next = row + plan.gap + random.below(plan.spread + 1);
    }
    history.logs[row] += level;
  }
  return history;
}

}  // namespace plimsoll::power
