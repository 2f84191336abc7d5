#include "plimsoll/stats/step_location.h"

#include <algorithm>
#include <cmath>

namespace plimsoll::stats {
namespace {

constexpr std::size_t reach = 12;
constexpr double half_range = 6;    // of the histogram, in spreads
constexpr double prior_values = 8;  // the weight of the tails
constexpr double least_bandwidth = 0.25;

double t3_density(double x) {  // scale 1
  const double q = 1 + x * x / 3;
  return 0.36755259694786137 / (q * q);
}

// y_t - level - r (y_{t-1} - level_before)
struct Innovation {
  std::span<const double> values;
  double r;

  double operator()(std::size_t t, double level, double level_before) const {
    const double before = t == 0 ? 0 : values[t - 1] - level_before;
    return values[t] - level - r * before;
  }
};

std::vector<double> innovations(const Innovation& innovation, std::size_t n,
                                std::span<const std::size_t> cuts, std::span<const double> levels) {
  std::vector<double> sample;
  sample.reserve(n);
  std::size_t level = 0;
  for (std::size_t t = 0; t < n; ++t) {
    const double before = levels[level];
    while (level < cuts.size() && t >= cuts[level]) ++level;
    sample.push_back(innovation(t, levels[level], before));
  }
  return sample;
}

}  // namespace

NoiseDensity::NoiseDensity(std::span<const double> sample, double spread)
    : width_(2 * half_range * spread / static_cast<double>(bins)) {
  std::array<double, bins> counts = {};
  for (const double x : sample) {
    const double at = std::floor(x / width_) + static_cast<double>(bins / 2);
    if (at >= 0 && at < static_cast<double>(bins)) counts[static_cast<std::size_t>(at)] += 1;
  }
  const auto n = static_cast<double>(sample.size());
  const double bandwidth = std::max(least_bandwidth, 0.9 * std::pow(n, -0.2)) * spread / width_;
  const auto radius = static_cast<int>(std::ceil(3 * bandwidth));
  std::vector<double> kernel;
  double total = 0;
  for (int d = -radius; d <= radius; ++d) {
    kernel.push_back(std::exp(-0.5 * d * d / (bandwidth * bandwidth)));
    total += kernel.back();
  }
  for (int i = 0; i < static_cast<int>(bins); ++i) {
    double smooth = 0;
    for (int d = -radius; d <= radius; ++d) {
      if (i + d >= 0 && i + d < static_cast<int>(bins))
        smooth += kernel[static_cast<std::size_t>(d + radius)] * counts[static_cast<std::size_t>(i + d)];
    }
    const double x = (i + 0.5) * width_ - half_range * spread;
    const double density =
        (smooth / total / width_ + prior_values * t3_density(x / spread) / spread) / (n + prior_values);
    surprise_[static_cast<std::size_t>(i)] = -std::log(density * spread);
  }
}

double NoiseDensity::surprise(double x) const {
  const double at = x / width_ + static_cast<double>(bins / 2) - 0.5;
  if (at <= 0) return surprise_.front() + 4 * std::log(std::max(1.0, -x / (width_ * bins / 2)));
  if (at >= static_cast<double>(bins - 1))
    return surprise_.back() + 4 * std::log(std::max(1.0, x / (width_ * bins / 2)));
  const auto i = static_cast<std::size_t>(at);
  const double part = at - static_cast<double>(i);
  return surprise_[i] + part * (surprise_[i + 1] - surprise_[i]);
}

void locate_steps(std::span<const double> values, std::vector<std::size_t>& cuts,
                  std::span<const double> levels, double autocorrelation, double spread, std::size_t least) {
  const Innovation innovation{values, autocorrelation};
  const NoiseDensity density(innovations(innovation, values.size(), cuts, levels), spread);
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const std::size_t floor = (i == 0 ? 0 : cuts[i - 1]) + least;
    const std::size_t ceiling = (i + 1 < cuts.size() ? cuts[i + 1] : values.size()) - least;
    const std::size_t first = std::max(floor, cuts[i] - std::min(cuts[i], reach));
    const std::size_t last = std::min(ceiling, cuts[i] + reach);
    if (first >= last) continue;
    // From "the step is at `last`" downwards: one value after another goes over to the new level.
    const double old_level = levels[i];
    const double new_level = levels[i + 1];
    double after = 0;   // surprise of the values behind the cut, at the new level
    double before = 0;  // of those before it, relative to a cut at `last`
    double best = 0;
    std::size_t place = cuts[i];
    for (std::size_t k = last + 1; k-- > first;) {
      const double jump = density.surprise(innovation(k, new_level, old_level));
      const double total = after + jump - before;
      if (k == last || total < best) {
        best = total;
        place = k;
      }
      after += density.surprise(innovation(k, new_level, new_level));
      if (k > 0) before += density.surprise(innovation(k - 1, old_level, old_level));
    }
    cuts[i] = place;
  }
}

}  // namespace plimsoll::stats
