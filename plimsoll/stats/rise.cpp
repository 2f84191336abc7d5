#include "plimsoll/stats/rise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "plimsoll/stats/distributions.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::stats {
namespace {

constexpr std::size_t most_blocks = 48;
constexpr std::size_t fewest_blocks = 24;
constexpr double fewest_independent = 5;  // points that are left of a tail, whatever its autocorrelation

struct Points {
  std::vector<double> x, y;

  std::size_t size() const { return x.size(); }
  Points part(std::size_t first, std::size_t end) const {
    const auto range = [&](const std::vector<double>& v) {
      return std::vector<double>(v.begin() + static_cast<std::ptrdiff_t>(first),
                                 v.begin() + static_cast<std::ptrdiff_t>(end));
    };
    return {range(x), range(y)};
  }
};

Points finite(std::span<const double> x, std::span<const double> y) {
  Points result;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(y[i]) || !std::isfinite(x[i])) continue;
    result.x.push_back(x[i]);
    result.y.push_back(y[i]);
  }
  return result;
}

// Medians of blocks of equal length; blocks without a point are left out.
Points blocks_of(const Points& points) {
  Points result;
  const double low = points.x.front();
  const double length = (points.x.back() - low) / static_cast<double>(most_blocks);
  for (std::size_t first = 0; first < points.size();) {
    const auto block_of = [&](double x) {
      return std::min(std::floor((x - low) / length), most_blocks - 1.0);
    };
    std::size_t end = first + 1;
    while (end < points.size() && block_of(points.x[end]) == block_of(points.x[first])) ++end;
    const Points block = points.part(first, end);
    result.x.push_back(mean(block.x));
    result.y.push_back(median(block.y));
    first = end;
  }
  return result;
}

std::vector<double> residuals(const Points& points, const Slope& line) {
  std::vector<double> rest(points.y);
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= line.intercept + line.slope * points.x[i];
  return rest;
}

// By how much autocorrelation and few points widen the interval's variance.
double inflation_of(const Points& points, double confidence) {
  const auto n = static_cast<double>(points.size());
  const double most = n / fewest_independent;
  const std::vector<double> rest = residuals(points, theil_sen(points.x, points.y, confidence));
  double inflation = mann_kendall(points.y).variance_inflation;
  if (const double r = lag1_autocorrelation(rest); std::isfinite(r) && r > 0)
    inflation = std::max(inflation, r < 1 ? (1 + r) / (1 - r) : most);
  inflation = std::clamp(inflation, 1.0, most);
  const double tail = (1 - confidence) / 2;
  const double t = t_point_above(tail, n / inflation - 2) / normal_point_above(tail);
  return inflation * t * t;
}

double absolute_sum(std::span<const double> values, double center) {
  double sum = 0;
  for (const double value : values) sum += std::abs(value - center);
  return sum;
}

// The smallest sum of absolute residuals that one step leaves.
double best_step(std::span<const double> y) {
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t at = 2; at + 2 <= y.size(); ++at) {
    const auto left = y.first(at);
    const auto right = y.subspan(at);
    best = std::min(best, absolute_sum(left, median(left)) + absolute_sum(right, median(right)));
  }
  return best;
}

// The sum that the best of some curves leaves which rise and level off: lines in a time that runs ever slower
// (1 - e^-t) or stops. A line in any time is Theil's and Sen's.
double best_levelling(const Points& points) {
  const double start = points.x.front();
  const double length = points.x.back() - start;
  double best = std::numeric_limits<double>::infinity();
  const auto bend = [&](const auto& time) {
    Points bent = points;
    for (double& x : bent.x) x = time((x - start) / length);
    best = std::min(best, absolute_sum(residuals(bent, theil_sen(bent.x, bent.y)), 0));
  };
  for (const double constant : {1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0})
    bend([&](double t) { return 1 - std::exp(-t / constant); });
  for (const double knee : {1 / 4.0, 1 / 2.0, 3 / 4.0}) bend([&](double t) { return std::min(t, knee); });
  return best;
}

Rise rise_of(const Points& tail, double confidence) {
  Rise rise;
  rise.from = tail.x.front();
  rise.blocks = tail.size();
  rise.variance_inflation = inflation_of(tail, confidence);
  rise.slope = theil_sen(tail.x, tail.y, confidence, rise.variance_inflation);
  const auto n = static_cast<double>(tail.size());
  const double two_parameters = std::pow(n, 1 / n);
  const double line = absolute_sum(residuals(tail, rise.slope), 0);
  const double step = best_step(tail.y);
  const double levelling = best_levelling(tail);
  rise.beats_a_jump = line < step;
  if (levelling * two_parameters < line && levelling <= step) {
    rise.shape = RiseShape::slowing;
  } else if (step * two_parameters < line) {
    rise.shape = RiseShape::jump;
  }
  return rise;
}

}  // namespace

std::optional<Rise> even_rise(std::span<const double> x, std::span<const double> y, double confidence) {
  const Points points = finite(x, y);
  if (points.size() < fewest_blocks || !(points.x.back() > points.x.front())) return std::nullopt;
  const Points blocks = blocks_of(points);
  if (blocks.size() < fewest_blocks) return std::nullopt;
  std::optional<Rise> rise;
  for (const std::size_t quarter : {0, 1, 2}) {
    rise = rise_of(blocks.part(quarter * blocks.size() / 4, blocks.size()), confidence);
    if (quarter == 0) rise->from = points.x.front();
    if (rise->shape == RiseShape::even) break;
  }
  return rise;
}

}  // namespace plimsoll::stats
