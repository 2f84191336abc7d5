#include "plimsoll/stats/power.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "plimsoll/stats/distributions.h"

namespace plimsoll::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The noncentrality at which Student's t passes its critical value with the power asked for; power grows with
// it.
double noncentrality(double degrees_of_freedom, PowerGoal goal) {
  const double critical = t_point_above(goal.level, degrees_of_freedom);
  double lo = 0;
  double hi = critical + 1;
  while (noncentral_t_above(critical, degrees_of_freedom, hi) < goal.power) hi *= 2;
  for (int step = 0; step < 50; ++step) {
    const double middle = (lo + hi) / 2;
    (noncentral_t_above(critical, degrees_of_freedom, middle) < goal.power ? lo : hi) = middle;
  }
  return hi;
}

// Of log-normal noise: the standard deviation of the logarithm behind a coefficient of variation.
double log_stddev(double cv) {
  return std::sqrt(std::log1p(cv * cv));
}

}  // namespace

double detectable_change_unpaired(std::size_t baseline_runs, double cv, PowerGoal goal) {
  if (baseline_runs < 2) return infinity;
  const auto m = static_cast<double>(baseline_runs);
  return std::expm1(noncentrality(m - 1, goal) * log_stddev(cv) * std::sqrt(1 + 1 / m));
}

double detectable_change_paired(std::size_t pairs, double cv, PowerGoal goal) {
  if (pairs < 2) return infinity;
  const auto n = static_cast<double>(pairs);
  return std::expm1(noncentrality(n - 1, goal) * log_stddev(cv) * std::sqrt(2 / n));
}

double detectable_difference_of_shares(double p0, double n0, double n1, PowerGoal goal) {
  if (!(n0 > 0) || !(n1 > 0)) return infinity;
  const double z_level = normal_point_above(goal.level);
  const double z_power = normal_point_above(1 - goal.power);
  const auto seen = [&](double p1) {
    const double pooled = (n0 * p0 + n1 * p1) / (n0 + n1);
    const double null_error = std::sqrt(pooled * (1 - pooled) * (1 / n0 + 1 / n1));
    const double error = std::sqrt(p0 * (1 - p0) / n0 + p1 * (1 - p1) / n1);
    return p1 - p0 >= z_level * null_error + z_power * error;
  };
  if (!seen(1)) return infinity;
  double lo = p0;
  double hi = 1;
  for (int step = 0; step < 60; ++step) {
    const double middle = (lo + hi) / 2;
    (seen(middle) ? hi : lo) = middle;
  }
  return hi - p0;
}

double clean_events_needed(double bound, double confidence) {
  // The upper bound of none in n is 1 - tail^(1/n).
  return std::ceil(std::log((1 - confidence) / 2) / std::log1p(-bound));
}

}  // namespace plimsoll::stats
