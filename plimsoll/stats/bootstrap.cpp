#include "plimsoll/stats/bootstrap.h"

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

std::vector<std::size_t> all_of(std::size_t clusters) {
  std::vector<std::size_t> indices(clusters);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

std::vector<double> resample(std::size_t clusters, const ClusterStatistic& statistic, base::Random& random,
                             std::size_t times) {
  std::vector<double> results(times);
  std::vector<std::size_t> drawn(clusters);
  for (double& result : results) {
    for (std::size_t& index : drawn) index = random.below(clusters);
    result = statistic(drawn);
  }
  std::ranges::sort(results);
  return results;
}

// Efron's a = sum d^3 / (6 (sum d^2)^1.5), d the jackknife's deviations.
double acceleration(std::size_t clusters, const ClusterStatistic& statistic) {
  std::vector<double> without(clusters);
  std::vector<std::size_t> rest;
  for (std::size_t left_out = 0; left_out < clusters; ++left_out) {
    rest = all_of(clusters);
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
    without[left_out] = statistic(rest);
  }
  const double center = mean(without);
  double squares = 0;
  double cubes = 0;
  for (const double value : without) {
    const double deviation = center - value;
    squares += deviation * deviation;
    cubes += deviation * deviation * deviation;
  }
  return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

// How far the estimate lies from the middle of its resamples, in standard scores; ties count half.
double bias(std::span<const double> ascending, double estimate) {
  const auto below = static_cast<double>(std::ranges::lower_bound(ascending, estimate) - ascending.begin());
  const auto not_above =
      static_cast<double>(std::ranges::upper_bound(ascending, estimate) - ascending.begin());
  const auto times = static_cast<double>(ascending.size());
  return -normal_point_above(std::clamp((below + not_above) / 2, 0.5, times - 0.5) / times);
}

}  // namespace

BootstrapResult bootstrap_percentile(std::size_t clusters, const ClusterStatistic& statistic,
                                     base::Random& random, BootstrapOptions options) {
  BootstrapResult result{.estimate = 0, .interval = {-infinity, infinity}, .clusters = clusters};
  if (clusters == 0) return result;
  result.estimate = statistic(all_of(clusters));
  if (clusters < 2) return result;
  const auto resamples = resample(clusters, statistic, random, options.resamples);
  const double tail = (1 - options.confidence) / 2;
  result.interval = {quantile(resamples, tail), quantile(resamples, 1 - tail)};
  return result;
}

BootstrapResult bootstrap_bca(std::size_t clusters, const ClusterStatistic& statistic, base::Random& random,
                              BootstrapOptions options) {
  BootstrapResult result{.estimate = 0, .interval = {-infinity, infinity}, .clusters = clusters};
  if (clusters == 0) return result;
  result.estimate = statistic(all_of(clusters));
  if (clusters < 2) return result;
  const auto resamples = resample(clusters, statistic, random, options.resamples);
  const double z0 = bias(resamples, result.estimate);
  const double a = acceleration(clusters, statistic);
  const auto end = [&](double tail) {
    const double z = z0 - normal_point_above(tail);
    const double stretch = 1 - a * z;
    // Past its pole the formula turns round; there the outermost resample is all that can be said.
    if (stretch <= 0) return z > 0 ? resamples.back() : resamples.front();
    return quantile(resamples, 1 - normal_above(z0 + z / stretch));
  };
  const double tail = (1 - options.confidence) / 2;
  result.interval = {end(tail), end(1 - tail)};
  return result;
}

}  // namespace plimsoll::stats
