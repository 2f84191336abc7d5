#include "plimsoll/stats/regression_test.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "plimsoll/stats/distributions.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double tail = 0.025;
constexpr double missed = 0.20;  // 1 - the power that `detectable` promises
// With fewer values the own autocorrelation is mostly chance.
constexpr std::size_t enough_for_autocorrelation = 10;
// A larger one of so few values is chance more often than truth; the family's may be larger.
constexpr double largest_own_autocorrelation = 0.7;

// A series of autocorrelation rho, seen through m of its values.
struct Dependence {
  double mean_inflation;  // m Var(mean) / variance, between 1 and m
  double df;              // of the standard deviation
  double understated;  // variance / expectation of the sample variance: neighbours that are alike make it too
                       // small
};

Dependence dependence(double rho, std::size_t count) {
  const auto m = static_cast<double>(count);
  double inflation = 1;
  double power = 1;
  for (std::size_t lag = 1; lag < count; ++lag) {
    power *= rho;
    inflation += 2 * (1 - static_cast<double>(lag) / m) * power;
  }
  const double df = std::max(std::min(2.0, m - 1), (m - 1) * (1 - rho * rho) / (1 + rho * rho));
  return {inflation, df, (m - 1) / (m - inflation)};
}

double own_autocorrelation(std::span<const double> values) {
  if (values.size() < enough_for_autocorrelation) return 0;
  return std::clamp(lag1_autocorrelation(values), 0.0, largest_own_autocorrelation);
}

RegressionResult unknown(double estimate, std::size_t n) {
  RegressionResult result;
  result.estimate = estimate;
  result.interval = {-infinity, infinity};
  result.detectable = infinity;
  result.noise = std::numeric_limits<double>::quiet_NaN();
  result.n_base = n;
  return result;
}

}  // namespace

RegressionResult unpaired_regression(std::span<const double> baseline, double head, const NoiseShape& shape,
                                     RegressionBounds bounds) {
  RegressionResult result = unknown(baseline.empty() ? 0 : head - mean(baseline), baseline.size());
  if (baseline.size() < 3) return result;
  const double rho = std::max(own_autocorrelation(baseline), shape.autocorrelation);
  const Dependence depends = dependence(rho, baseline.size());
  const Scale scale = moderated(variance(baseline), depends.df, shape.scale);
  result.noise = std::max(noise_floor(bounds.warn), scale.stddev * std::sqrt(depends.understated));
  const double m = static_cast<double>(baseline.size());
  const double error = result.noise * std::sqrt(1 + depends.mean_inflation / m);
  const NoiseTails& sides = shape.of(baseline);
  const double worse = from_standard_score(sides.worse.limit(), scale.df);
  const double better = from_standard_score(sides.better.limit(), scale.df);
  const double warn = std::log1p(bounds.warn);
  const double fail = std::log1p(bounds.fail);
  const auto chance = [&](double t) { return sides.worse.above(standard_score(t, scale.df)); };
  result.interval = {result.estimate - worse * error, result.estimate + better * error};
  result.p_warn = chance((result.estimate - warn) / error);
  result.p_fail = chance((result.estimate - fail) / error);
  result.false_alarm_rate = chance(worse + warn / error);
  result.detectable = fail + error * (worse + t_point_above(missed, scale.df));
  return result;
}

RegressionResult paired_regression(std::span<const double> log_ratios, RegressionBounds bounds) {
  RegressionResult result = unknown(log_ratios.empty() ? 0 : mean(log_ratios), log_ratios.size());
  if (log_ratios.size() < 2) return result;
  const Dependence depends = dependence(own_autocorrelation(log_ratios), log_ratios.size());
  result.noise = std::max(noise_floor(bounds.warn), stddev(log_ratios) * std::sqrt(depends.understated));
  const double n = static_cast<double>(log_ratios.size());
  const double error = result.noise * std::sqrt(depends.mean_inflation / n);
  const double limit = t_point_above(tail, depends.df);
  const double warn = std::log1p(bounds.warn);
  const double fail = std::log1p(bounds.fail);
  result.interval = {result.estimate - limit * error, result.estimate + limit * error};
  result.p_warn = t_above((result.estimate - warn) / error, depends.df);
  result.p_fail = t_above((result.estimate - fail) / error, depends.df);
  result.false_alarm_rate = t_above(limit + warn / error, depends.df);
  result.detectable = fail + error * (limit + t_point_above(missed, depends.df));
  return result;
}

RegressionStatus regression_status(const Interval& log_ratio, RegressionBounds bounds) {
  if (log_ratio.lo > std::log1p(bounds.fail)) return RegressionStatus::fail;
  if (log_ratio.lo > std::log1p(bounds.warn)) return RegressionStatus::warn;
  return log_ratio.hi < std::log1p(bounds.fail) ? RegressionStatus::pass : RegressionStatus::inconclusive;
}

}  // namespace plimsoll::stats
