#include "plimsoll/model/statistic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/text.h"

namespace plimsoll::model {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Nearest rank: the smallest value v with at least p % of the values ≤ v.
double percentile_of(const Samples& samples, double percent) {
  Samples sorted = samples;
  const double exact = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
  const auto rank = static_cast<std::size_t>(std::clamp(exact, 1.0, static_cast<double>(sorted.size())));
  const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(sorted.begin(), place, sorted.end());
  return *place;
}

std::optional<double> of_samples(const Samples& samples, const Stat& stat) {
  const bool none = stat.kind == StatKind::rate || stat.kind == StatKind::slope;  // needs time
  if (samples.empty() || none) return std::nullopt;
  if (stat.kind == StatKind::count) return static_cast<double>(samples.size());
  if (std::ranges::any_of(samples, [](double x) { return std::isnan(x); })) return std::nan("");
  switch (stat.kind) {
    case StatKind::percentile:
      return percentile_of(samples, stat.percent);
    case StatKind::median:
      return percentile_of(samples, 50);
    case StatKind::min:
      return std::ranges::min(samples);
    case StatKind::max:
      return std::ranges::max(samples);
    default:
      return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
  }
}

// Values that never came (+∞) count in the mean and the maximum too: an average over the survivors would
// flatter.
std::optional<double> of_histogram(const base::Histogram& histogram, const Stat& stat) {
  if (histogram.count() == 0) return std::nullopt;
  switch (stat.kind) {
    case StatKind::percentile:
      return histogram.percentile(stat.percent);
    case StatKind::median:
      return histogram.percentile(50);
    case StatKind::min:
      return histogram.min();
    case StatKind::max:
      return histogram.infinite() > 0 ? kInfinity : histogram.max();
    case StatKind::mean:
      return histogram.infinite() > 0 ? kInfinity : histogram.mean();
    case StatKind::count:
      return static_cast<double>(histogram.count());
    case StatKind::rate:
    case StatKind::slope:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> of_proportion(const Proportion& proportion, const Stat& stat) {
  if (proportion.n == 0) return std::nullopt;
  if (stat.kind == StatKind::count) return static_cast<double>(proportion.n);
  if (stat.kind != StatKind::rate) return std::nullopt;
  return static_cast<double>(proportion.k) / static_cast<double>(proportion.n);
}

}  // namespace

std::optional<double> statistic(const Value& value, const std::optional<Stat>& stat) {
  if (const auto* proportion = std::get_if<Proportion>(&value)) {
    return of_proportion(*proportion, stat.value_or(Stat{StatKind::rate}));
  }
  const Stat asked = stat.value_or(Stat{StatKind::mean});
  if (const auto* histogram = std::get_if<base::Histogram>(&value)) return of_histogram(*histogram, asked);
  if (const auto* scalar = std::get_if<double>(&value)) return of_samples({*scalar}, asked);
  return of_samples(std::get<Samples>(value), asked);
}

std::string statistic_unit(const std::string& series_unit, const std::optional<Stat>& stat) {
  if (stat && stat->kind == StatKind::slope) return series_unit + "_per_hour";
  return stat && stat->kind == StatKind::count ? "count" : series_unit;
}

std::string to_string(const Stat& stat) {
  switch (stat.kind) {
    case StatKind::percentile:
      return "p" + base::shortest_double(stat.percent);
    case StatKind::mean:
      return "mean";
    case StatKind::median:
      return "median";
    case StatKind::min:
      return "min";
    case StatKind::max:
      return "max";
    case StatKind::rate:
      return "rate";
    case StatKind::count:
      return "count";
    case StatKind::slope:
      return "slope";
  }
  return "mean";
}

std::optional<Stat> parse_stat(std::string_view text) {
  for (const StatKind kind : {StatKind::mean, StatKind::median, StatKind::min, StatKind::max, StatKind::rate,
                              StatKind::count, StatKind::slope}) {
    if (text == to_string(Stat{kind})) return Stat{kind};
  }
  if (!text.starts_with('p')) return std::nullopt;
  const auto percent = base::parse_double(text.substr(1));
  if (!percent || *percent < 0 || *percent > 100) return std::nullopt;
  return Stat{StatKind::percentile, *percent};
}

}  // namespace plimsoll::model
