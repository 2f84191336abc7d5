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
// The median deviation of fewer values is small by chance too often.
constexpr std::size_t enough_for_class = 8;

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
  if (values.size() < enough_for_class) return result;
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

// Each value against the others, scaled as the test scales: Student's t with m - 2 degrees of freedom where
// the noise is Gaussian.
void add_residuals(std::span<const double> values, const CommonScale& common, double floor, Pools& calm,
                   Pools& wild) {
  const auto m = static_cast<double>(values.size());
  const double df = m - 2;
  const double center = mean(values);
  const double squares = variance(values) * (m - 1);
  const double total_df = moderated(1, df, common).df;
  const double critical = from_standard_score(tail_threshold, total_df);
  const Farthest far = farthest(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    // The sums without this value follow from those with it.
    const double deviation = (values[i] - center) * m / (m - 1);
    const double others = std::max(0.0, squares - deviation * deviation * (m - 1) / m) / df;
    const double noise = std::max(floor, moderated(others, df, common).stddev);
    const double t = deviation / (noise * std::sqrt(m / (m - 1)));
    Pools& pools = (i == far.index ? far.next : far.distance) > wild_distance ? wild : calm;
    pools.worse.add(t, critical, total_df);
    pools.better.add(-t, critical, total_df);
  }
}

// The x with trigamma(x) = y; trigamma falls. At most 1,000, also for y <= 0.
double inverse_trigamma(double y) {
  double lo = 1e-3;
  double hi = 1'000;
  for (int step = 0; step < 60; ++step) {
    const double middle = std::sqrt(lo * hi);
    (trigamma(middle) > y ? lo : hi) = middle;
  }
  return hi;
}

}  // namespace

bool looks_wild(std::span<const double> values) {
  return farthest(values).distance > wild_distance;
}

const NoiseTails& NoiseShape::of(std::span<const double> baseline) const {
  return looks_wild(baseline) ? wild : calm;
}

Scale moderated(double variance, double df, const CommonScale& common) {
  const double weight = std::min(common.df, df);
  return {std::sqrt((weight * common.variance + df * variance) / (weight + df)), weight + df};
}

CommonScale common_scale(std::span<const Scale> series) {
  if (series.size() < 10) return {};
  std::vector<double> centered;  // log variance, less its expectation for one common variance
  double chance = 0;             // its variance then
  for (const Scale& own : series) {
    centered.push_back(2 * std::log(own.stddev) - digamma(own.df / 2) + std::log(own.df / 2));
    chance += trigamma(own.df / 2) / static_cast<double>(series.size());
  }
  // One standard error is added: the scales are rather taken to differ.
  const double spread = variance(centered) * (1 + std::sqrt(2 / static_cast<double>(series.size() - 1)));
  const double df = 2 * inverse_trigamma(spread - chance);
  return {std::exp(mean(centered) + digamma(df / 2) - std::log(df / 2)), df};
}

NoiseShape fit_noise_shape(std::span<const std::span<const double>> baselines, double floor) {
  std::vector<std::span<const double>> noisy;
  std::vector<Scale> scales;
  std::vector<double> correlations;
  for (const auto baseline : baselines) {
    if (baseline.size() < 5 || !(stddev(baseline) > floor)) continue;
    noisy.push_back(baseline);
    scales.push_back({stddev(baseline), static_cast<double>(baseline.size() - 1)});
    correlations.push_back(lag1_autocorrelation(baseline));
  }
  if (noisy.empty()) return {};
  const CommonScale scale = common_scale(scales);
  Pools calm;
  Pools wild;
  for (const auto baseline : noisy) add_residuals(baseline, scale, floor, calm, wild);
  return {calm.fit(), wild.fit(), scale, std::clamp(mean(correlations), 0.0, 0.9)};
}

}  // namespace plimsoll::stats
