// Confidence and prediction intervals. `confidence` is two-sided, in (0, 1); half of the rest lies on each
// side.
#pragma once

#include <cstddef>
#include <span>

namespace plimsoll::stats {

// lo <= hi; an end about which nothing is known is infinite.
struct Interval {
  double lo = 0;
  double hi = 0;

  bool contains(double x) const { return lo <= x && x <= hi; }
  double width() const { return hi - lo; }
  bool operator==(const Interval&) const = default;
};

// The share behind k successes of n. k and n may be real numbers (an effective count, k/d of n/d), 0 <= k <=
// n; n = 0 gives [0, 1]. Never covers less than `confidence` for whole numbers. (Clopper, Pearson 1934, by
// quantiles of the beta distribution.)
Interval clopper_pearson(double k, double n, double confidence = 0.95);

// The same by Wilson's score (1927): shorter, covers `confidence` on average only.
Interval wilson(double k, double n, double confidence = 0.95);

// The mean behind a sample: Student's t; the whole line for fewer than two values.
Interval t_interval(std::span<const double> values, double confidence = 0.95);

// The mean behind a sample whose standard deviation is known or whose n is large.
Interval normal_interval(double mean, double standard_error, double confidence = 0.95);

// Where one further value of the same normal population will lie: mean ± t(m - 1) s sqrt(1 + 1/m). Take logs
// first where the noise is relative. The whole line for fewer than two values. (Hahn, Meeker 1991,
// "Statistical intervals", 4.7.)
Interval prediction_interval(std::span<const double> earlier, double confidence = 0.95);

// The p-quantile of any continuous population, by order statistics: [x_(l), x_(u)] with P(l <= Bin(n, p) < u)
// >= confidence. An end is infinite where the sample is too small to bound it. (Hahn, Meeker 1991, 5.2.)
Interval quantile_interval(std::span<const double> ascending, double p, double confidence = 0.95);

// Events per unit of exposure, from `count` events: exact (Garwood 1936, by quantiles of the gamma
// distribution). count >= 0, exposure > 0.
Interval poisson_rate_interval(double count, double exposure, double confidence = 0.95);

}  // namespace plimsoll::stats
