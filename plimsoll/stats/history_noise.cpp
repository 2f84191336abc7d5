#include "plimsoll/stats/history_noise.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace plimsoll::stats {
namespace {

constexpr double far_out = 3;
// A short history cannot tell much correlation from little: the estimate is drawn towards none.
constexpr double most_correlation = 0.8;
constexpr double shrinkage = 8;

// Of Gaussian noise: median |d| = 0.6745 sqrt(2) sigma.
constexpr double sigma_of_median_difference = 1 / (0.674489750196082 * 1.4142135623730951);

double median_of_three(double a, double b, double c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

// About each value the median of three medians of three neighbours each (Tukey's ninther): it follows a step
// without delay and is moved by no three outliers among nine.
std::vector<double> ninthers(std::span<const double> values) {
  const std::size_t last = values.size() - 1;
  std::vector<double> of_three(values.size());
  for (std::size_t i = 0; i <= last; ++i) {
    const std::size_t at = std::clamp<std::size_t>(i, 1, last - 1);
    of_three[i] = median_of_three(values[at - 1], values[at], values[at + 1]);
  }
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i <= last; ++i) {
    const std::size_t at = std::clamp<std::size_t>(i, 3, last - 3);
    result[i] = median_of_three(of_three[at - 3], of_three[at], of_three[at + 3]);
  }
  return result;
}

double spread_of_neighbours(std::span<const double> values, double resolution) {
  std::vector<double> differences;
  differences.reserve(values.size());
  double sum = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    differences.push_back(std::abs(values[i] - values[i - 1]));
    sum += differences.back();
  }
  if (differences.empty()) return resolution;
  const auto middle = differences.begin() + static_cast<std::ptrdiff_t>(differences.size() / 2);
  std::nth_element(differences.begin(), middle, differences.end());
  // Where most neighbours are equal (whole numbers, instruction counts) the median says nothing.
  const double median = *middle > resolution ? *middle : sum / static_cast<double>(differences.size());
  return std::max(resolution, median * sigma_of_median_difference);
}

// By squaring; pow() would be a tenth of a search. Of r <= 0.8 nothing is left at a few hundred.
double whole_power(double r, double n) {
  constexpr double vanishing = 400;
  if (n >= vanishing) return 0;
  double result = 1;
  for (auto left = static_cast<unsigned>(n); left > 0; left /= 2) {
    if (left % 2 == 1) result *= r;
    r *= r;
  }
  return result;
}

// Sums over pairs of one level at distances one and two.
struct Differences {
  double one = 0, two = 0;
  double pairs_one = 0, pairs_two = 0;

  void add(std::span<const double> level) {
    for (std::size_t i = 1; i < level.size(); ++i) one += square(level[i] - level[i - 1]);
    for (std::size_t i = 2; i < level.size(); ++i) two += square(level[i] - level[i - 2]);
    pairs_one += level.empty() ? 0 : static_cast<double>(level.size() - 1);
    pairs_two += level.size() < 2 ? 0 : static_cast<double>(level.size() - 2);
  }

  HistoryNoise noise(double resolution) const {
    if (pairs_one == 0 || pairs_two == 0 || one == 0) return {resolution * resolution, 0};
    const double mean_one = one / pairs_one;
    const double ratio = two / pairs_two / mean_one;
    HistoryNoise result;
    result.autocorrelation =
        std::clamp((ratio - 1) * pairs_one / (pairs_one + shrinkage), 0.0, most_correlation);
    result.variance = std::max(resolution * resolution, mean_one / 2 / (1 - result.autocorrelation));
    return result;
  }

 private:
  static double square(double x) { return x * x; }
};

}  // namespace

std::vector<double> draw_in_outliers(std::span<const double> values, double resolution) {
  std::vector<double> drawn(values.begin(), values.end());
  if (values.size() < 9) return drawn;
  const double reach = far_out * spread_of_neighbours(values, resolution);
  const std::vector<double> middle = ninthers(values);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    drawn[i] = std::clamp(drawn[i], middle[i] - reach, middle[i] + reach);
  }
  return drawn;
}

double HistoryNoise::inflation(double n) const {
  const double r = autocorrelation;
  if (r <= 0 || n <= 1) return 1;
  return (1 + r) / (1 - r) - 2 * r * (1 - whole_power(r, n)) / (n * (1 - r) * (1 - r));
}

HistoryNoise difference_noise(std::span<const double> values, double resolution) {
  Differences differences;
  differences.add(values);
  return differences.noise(resolution);
}

HistoryNoise residual_noise(std::span<const double> values, std::span<const std::size_t> cuts,
                            double resolution) {
  Differences differences;
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    differences.add(values.subspan(begin, cut - begin));
    begin = cut;
  }
  differences.add(values.subspan(begin));
  return differences.noise(resolution);
}

}  // namespace plimsoll::stats
