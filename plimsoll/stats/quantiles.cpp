#include "plimsoll/stats/quantiles.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace plimsoll::stats {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Neumaier 1974: the error of each addition is kept, whichever addend is the larger. An infinite sum stays
// infinite.
class Sum {
 public:
  void add(double x) {
    const double next = sum_ + x;
    error_ += std::abs(sum_) >= std::abs(x) ? (sum_ - next) + x : (x - next) + sum_;
    sum_ = next;
  }
  double value() const { return std::isfinite(sum_) ? sum_ + error_ : sum_; }

 private:
  double sum_ = 0;
  double error_ = 0;
};

}  // namespace

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> result(values.begin(), values.end());
  std::ranges::sort(result);
  return result;
}

double nearest_rank(std::span<const double> ascending, double p) {
  if (ascending.empty()) return nan;
  // p n may come out a hair above a whole number (0.07 * 100): that must not move the rank.
  const auto n = static_cast<double>(ascending.size());
  const double rank = std::clamp(std::ceil(p * n * (1 - 4 * std::numeric_limits<double>::epsilon())), 1.0, n);
  return ascending[static_cast<std::size_t>(rank) - 1];
}

double quantile(std::span<const double> ascending, double p) {
  if (ascending.empty()) return nan;
  const double position = std::clamp(p, 0.0, 1.0) * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const double fraction = position - static_cast<double>(below);
  // Beside an infinite neighbour of weight 0, and between two equal infinities, there is nothing to
  // interpolate.
  if (fraction == 0 || ascending[below] == ascending[below + 1]) return ascending[below];
  return ascending[below] + fraction * (ascending[below + 1] - ascending[below]);
}

double median(std::span<const double> values) {
  return quantile(sorted(values), 0.5);
}

double mean(std::span<const double> values) {
  if (values.empty()) return nan;
  Sum sum;
  for (const double x : values) sum.add(x);
  return sum.value() / static_cast<double>(values.size());
}

double variance(std::span<const double> values) {
  if (values.size() < 2) return nan;
  const double center = mean(values);
  Sum sum;
  for (const double x : values) sum.add((x - center) * (x - center));
  return sum.value() / static_cast<double>(values.size() - 1);
}

double stddev(std::span<const double> values) {
  return std::sqrt(variance(values));
}

double scaled_mad(std::span<const double> values) {
  const double center = median(values);
  std::vector<double> deviations;
  for (const double x : values) deviations.push_back(x == center ? 0 : std::abs(x - center));
  return 1.482602218505602 * median(deviations);
}

std::vector<double> logs(std::span<const double> values) {
  std::vector<double> result;
  result.reserve(values.size());
  for (const double x : values) result.push_back(x > 0 ? std::log(x) : nan);
  return result;
}

double lag1_autocorrelation(std::span<const double> values) {
  if (values.size() < 3) return nan;
  const double center = mean(values);
  double products = 0;
  double squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares += (values[i] - center) * (values[i] - center);
    if (i > 0) products += (values[i] - center) * (values[i - 1] - center);
  }
  if (!(squares > 0)) return 0;
  const double raw = products / squares;
  return raw + (1 + 3 * raw) / static_cast<double>(values.size());
}

}  // namespace plimsoll::stats
