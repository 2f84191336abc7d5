#include "plimsoll/stats/noise_shape.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "plimsoll/stats/distributions.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::stats {
namespace {

constexpr double smallest_p = 1e-300;
constexpr double largest_score = 38;

constexpr double wild_distance = 5;

}  // namespace

double standard_score(double t, double degrees_of_freedom) {
  const double p = std::clamp(t_above(std::abs(t), degrees_of_freedom), smallest_p, 0.5);
  return std::copysign(normal_point_above(p), t);
}

double from_standard_score(double z, double degrees_of_freedom) {
  const double p = std::max(smallest_p, normal_above(std::abs(z)));
  return std::copysign(t_point_above(p, degrees_of_freedom), z);
}

NoiseTail::NoiseTail() : NoiseTail({}, 0) {}

NoiseTail::NoiseTail(std::span<const double> beyond, std::size_t within) : weights_{} {
  for (std::size_t i = 0; i < tails; ++i) {
    const double inside = std::log1p(-std::exp(log_tail_above(i, tail_threshold)));
    weights_[i] = std::log(tail_prior()[i]) + static_cast<double>(within) * inside;
    for (const double z : beyond) weights_[i] += log_tail_density(i, z);
  }
  normalise_logs(weights_);
  limit_ = quantile(0.025);
}

double NoiseTail::above(double z) const {
  if (z < 0) return 1 - above(-z);
  double sum = 0;
  for (std::size_t i = 0; i < tails; ++i) {
    if (weights_[i] > 0) sum += weights_[i] * std::exp(log_tail_above(i, z));
  }
  return std::max(sum, smallest_p);
}

double NoiseTail::quantile(double p) const {
  double lo = 0;
  double hi = largest_score;
  while (hi - lo > 1e-6) {
    const double middle = (lo + hi) / 2;
    (above(middle) > p ? lo : hi) = middle;
  }
  return hi;
}

double noise_floor(double warn) {
  return std::log1p(warn) / 20;
}

namespace {

// Distances from the median in standard deviations: the farthest, and the farthest but that one.
struct Farthest {
  std::size_t index = 0;
  double distance = 0;
  double next = 0;
};

Farthest farthest(std::span<const double> values) {
  Farthest result;
  const double center = median(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double distance = std::abs(values[i] - center);
    if (distance <= result.next) continue;
    if (distance > result.distance) {
      result = {i, distance, result.distance};
    } else {
      result.next = distance;
    }
  }
  // Where more than half of the values are equal, every other one is far away.
  const double unit = std::max(scaled_mad(values), std::numeric_limits<double>::min());
  result.distance /= unit;
  result.next /= unit;
  return result;
}

// The scores of one class on one side.
class Pool {
 public:
  void add(double t, double critical, double df) {
    if (t > critical) {
      beyond_.push_back(standard_score(t, df));
    } else {
      ++within_;
    }
  }
  NoiseTail fit() const { return {beyond_, within_}; }

 private:
  std::vector<double> beyond_;
  std::size_t within_ = 0;
};

struct Pools {
  Pool worse;
  Pool better;

  NoiseTails fit() const { return {worse.fit(), better.fit()}; }
};

// Each value against the others: Student's t with m - 2 degrees of freedom where the noise is Gaussian.
void add_residuals(std::span<const double> values, double floor, Pools& calm, Pools& wild) {
  const auto m = static_cast<double>(values.size());
  const double df = m - 2;
  const double center = mean(values);
  const double squares = variance(values) * (m - 1);
  const double critical = from_standard_score(tail_threshold, df);
  const Farthest far = farthest(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    // The sums without this value follow from those with it.
    const double deviation = (values[i] - center) * m / (m - 1);
    const double others = std::max(floor * floor, (squares - deviation * deviation * (m - 1) / m) / df);
    const double t = deviation / std::sqrt(others * m / (m - 1));
    Pools& pools = (i == far.index ? far.next : far.distance) > wild_distance ? wild : calm;
    pools.worse.add(t, critical, df);
    pools.better.add(-t, critical, df);
  }
}

}  // namespace

bool looks_wild(std::span<const double> values) {
  return farthest(values).distance > wild_distance;
}

const NoiseTails& NoiseShape::of(std::span<const double> baseline) const {
  return looks_wild(baseline) ? wild : calm;
}

NoiseShape fit_noise_shape(std::span<const std::span<const double>> baselines, double floor) {
  Pools calm;
  Pools wild;
  std::vector<double> correlations;
  for (const auto baseline : baselines) {
    if (baseline.size() < 5 || !(stddev(baseline) > floor)) continue;
    add_residuals(baseline, floor, calm, wild);
    correlations.push_back(lag1_autocorrelation(baseline));
  }
  if (correlations.empty()) return {};
  return {calm.fit(), wild.fit(), std::clamp(mean(correlations), 0.0, 0.9)};
}

}  // namespace plimsoll::stats
