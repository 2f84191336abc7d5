#include "plimsoll/stats/intervals.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "plimsoll/stats/distributions.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Interval whole_line{-infinity, infinity};

double one_side(double confidence) {
  return (1 - confidence) / 2;
}

Interval around_mean(std::span<const double> values, double confidence, double variances_of_one) {
  if (values.size() < 2) return whole_line;
  const double center = mean(values);
  const auto df = static_cast<double>(values.size() - 1);
  const double half = t_point_above(one_side(confidence), df) * stddev(values) * std::sqrt(variances_of_one);
  return {center - half, center + half};
}

}  // namespace

Interval clopper_pearson(double k, double n, double confidence) {
  if (!(n > 0)) return {0, 1};
  const double tail = one_side(confidence);
  return {k > 0 ? beta_quantile(tail, k, n - k + 1) : 0, k < n ? beta_point_above(tail, k + 1, n - k) : 1};
}

Interval wilson(double k, double n, double confidence) {
  if (!(n > 0)) return {0, 1};
  const double z = normal_point_above(one_side(confidence));
  const double share = k / n;
  const double center = share + z * z / (2 * n);
  const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  // At k = 0 and k = n the formula gives 0 and 1 but for rounding.
  return {k > 0 ? std::max(0.0, (center - half) / scale) : 0,
          k < n ? std::min(1.0, (center + half) / scale) : 1};
}

Interval t_interval(std::span<const double> values, double confidence) {
  return around_mean(values, confidence, 1 / static_cast<double>(values.size()));
}

Interval normal_interval(double mean, double standard_error, double confidence) {
  const double half = normal_point_above(one_side(confidence)) * standard_error;
  return {mean - half, mean + half};
}

Interval prediction_interval(std::span<const double> earlier, double confidence) {
  return around_mean(earlier, confidence, 1 + 1 / static_cast<double>(earlier.size()));
}

Interval quantile_interval(std::span<const double> ascending, double p, double confidence) {
  const auto n = static_cast<double>(ascending.size());
  const double tail = one_side(confidence);
  Interval result = whole_line;
  // x_(r) lies above the quantile when fewer than r values are below it: P(Bin <= r - 1). The largest r that
  // does so rarely.
  for (std::size_t r = 1; r <= ascending.size(); ++r) {
    if (binomial_at_most(static_cast<double>(r) - 1, n, p) > tail) break;
    result.lo = ascending[r - 1];
  }
  for (std::size_t r = ascending.size(); r >= 1; --r) {
    if (binomial_at_least(static_cast<double>(r), n, p) > tail) break;
    result.hi = ascending[r - 1];
  }
  return result;
}

Interval poisson_rate_interval(double count, double exposure, double confidence) {
  const double tail = one_side(confidence);
  const double lo = count > 0 ? gamma_quantile(tail, count) : 0;
  return {lo / exposure, gamma_point_above(tail, count + 1) / exposure};
}

}  // namespace plimsoll::stats
