#include "plimsoll/stats/trend.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "plimsoll/stats/distributions.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Var S = (n (n-1) (2n+5) - sum t (t-1) (2t+5)) / 18 over groups of t equal values (Kendall 1975).
double variance_of_s(std::span<const double> values) {
  const auto term = [](double t) { return t * (t - 1) * (2 * t + 5); };
  const auto ascending = sorted(values);
  double sum = term(static_cast<double>(values.size()));
  for (std::size_t first = 0; first < ascending.size();) {
    std::size_t end = first;
    while (end < ascending.size() && ascending[end] == ascending[first]) ++end;
    sum -= term(static_cast<double>(end - first));
    first = end;
  }
  return sum / 18;
}

std::vector<double> midranks(std::span<const double> values) {
  const auto ascending = sorted(values);
  std::vector<double> ranks;
  for (const double x : values) {
    const auto range = std::ranges::equal_range(ascending, x);
    const auto first = static_cast<double>(range.begin() - ascending.begin());
    const auto end = static_cast<double>(range.end() - ascending.begin());
    ranks.push_back((first + end + 1) / 2);
  }
  return ranks;
}

std::vector<double> positions(std::size_t n) {
  std::vector<double> x(n);
  std::iota(x.begin(), x.end(), 0.0);
  return x;
}

std::vector<double> detrended(std::span<const double> values) {
  const double slope = theil_sen(positions(values.size()), values).slope;
  std::vector<double> rest(values.begin(), values.end());
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= slope * static_cast<double>(i);
  return rest;
}

// Hamed and Rao's n / n*: lags up to n / 2 whose correlation passes the 5 % limits of white noise.
double inflation(std::span<const double> values) {
  const auto ranks = midranks(detrended(values));
  const double center = mean(ranks);
  double squares = 0;
  for (const double r : ranks) squares += (r - center) * (r - center);
  if (!(squares > 0)) return 1;
  const auto n = static_cast<double>(values.size());
  const double limit = 1.959963984540054 / std::sqrt(n);
  double sum = 0;
  for (std::size_t lag = 1; lag <= values.size() / 2; ++lag) {
    double products = 0;
    for (std::size_t i = lag; i < ranks.size(); ++i)
      products += (ranks[i] - center) * (ranks[i - lag] - center);
    const double correlation = products / squares;
    const double left = n - static_cast<double>(lag);
    if (std::abs(correlation) > limit) sum += left * (left - 1) * (left - 2) * correlation;
  }
  return std::max(1.0, 1 + 2 / (n * (n - 1) * (n - 2)) * sum);
}

}  // namespace

Slope theil_sen(std::span<const double> x, std::span<const double> y, double confidence,
                double variance_inflation) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t j = i + 1; j < y.size(); ++j) {
      if (x[i] != x[j]) slopes.push_back((y[j] - y[i]) / (x[j] - x[i]));
    }
  }
  std::ranges::sort(slopes);
  Slope result{.slope = quantile(slopes, 0.5), .intercept = 0, .interval = {-infinity, infinity}};
  std::vector<double> rest(y.begin(), y.end());
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= result.slope * x[i];
  result.intercept = median(rest);
  if (y.size() < 3) return result;
  const double half =
      normal_point_above((1 - confidence) / 2) * std::sqrt(variance_of_s(y) * variance_inflation);
  const auto count = static_cast<double>(slopes.size());
  const double lo = std::floor((count - half) / 2);
  if (lo < 1) return result;
  const auto rank = static_cast<std::size_t>(lo);
  result.interval = {slopes[rank - 1], slopes[slopes.size() - rank]};
  return result;
}

TrendTest mann_kendall(std::span<const double> values) {
  TrendTest result;
  if (values.size() < 4) return result;
  double s = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      s += values[j] > values[i] ? 1 : values[j] < values[i] ? -1 : 0;
    }
  }
  const auto n = static_cast<double>(values.size());
  result.tau = s / (n * (n - 1) / 2);
  result.variance_inflation = inflation(values);
  const double deviation = std::sqrt(variance_of_s(values) * result.variance_inflation);
  if (!(deviation > 0)) return result;
  // One step of S is 2; half of it is the correction for continuity.
  const double corrected = s > 0 ? s - 1 : s < 0 ? s + 1 : 0;
  result.p_increasing = normal_above(corrected / deviation);
  result.p_two_sided = std::min(1.0, 2 * normal_above(std::abs(corrected) / deviation));
  return result;
}

}  // namespace plimsoll::stats
