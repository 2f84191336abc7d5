#include "plimsoll/probes/bench/stopping.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/units.h"
#include "plimsoll/probes/record_results.h"
#include "plimsoll/stats/quantiles.h"
#include "plimsoll/stats/two_sample.h"

namespace plimsoll::probes::bench {
namespace {

constexpr double error_level = 0.05;
constexpr double growth = 1.4;
constexpr int least_for_a_look = 5;

// CPU time is coarse (a clock tick) where the command is short, and says much the same.
bool is_watched(const model::Series& series) {
  return series.unit == "seconds" && series.id.name != "bench.cpu_time";
}

std::optional<double> one_number(const formats::ImportedSeries& series) {
  const auto value = value_to_keep(series);
  if (!value) return std::nullopt;
  const auto* samples = std::get_if<model::Samples>(&*value);
  return samples != nullptr ? stats::median(*samples) : std::get<double>(*value);
}

std::map<model::SeriesId, double> times_of(const formats::ImportedFile& results) {
  std::map<model::SeriesId, double> times;
  for (const formats::ImportedSeries& series : results.series) {
    if (!is_watched(series.series)) continue;
    if (const auto value = one_number(series); value && *value > 0) times[series.series.id] = *value;
  }
  return times;
}

double half_width_of_median(const std::vector<double>& values, double confidence) {
  const double median = stats::median(values);
  const stats::Interval interval = stats::quantile_interval(stats::sorted(values), 0.5, confidence);
  const double half = std::max(interval.hi - median, median - interval.lo) / median;
  return std::isfinite(half) ? half : std::numeric_limits<double>::infinity();
}

double half_width_of_ratio(const std::vector<double>& log_ratios, double confidence) {
  const stats::TestResult mean = stats::paired_t(log_ratios, {.confidence = confidence});
  return std::expm1(mean.interval.width() / 2);
}

}  // namespace

void Stopping::add(const formats::ImportedFile& results) {
  ++repeats_;
  for (const auto& [id, time] : times_of(results)) values_[id].push_back(time);
}

void Stopping::add_pair(const formats::ImportedFile& base, const formats::ImportedFile& head) {
  ++repeats_;
  pairs_ = true;
  const auto base_times = times_of(base);
  for (const auto& [id, time] : times_of(head)) {
    if (const auto found = base_times.find(id); found != base_times.end())
      values_[id].push_back(std::log(time / found->second));
  }
}

bool Stopping::enough(std::chrono::nanoseconds elapsed) {
  if (end_ != End::none) return true;
  const bool by_precision = rule_.precision > 0;
  const int least = by_precision ? std::max(rule_.least, least_for_a_look) : rule_.least;
  if (by_precision && repeats_ >= std::max(least, next_look_)) look();
  if (by_precision && reached_ && *reached_ <= rule_.precision) {
    end_ = End::precise;
  } else if (!by_precision && repeats_ >= least) {
    end_ = End::repeats;
  } else if (rule_.max_time.count() > 0 && elapsed >= rule_.max_time) {
    end_ = End::time;
  } else if (repeats_ >= rule_.most) {
    end_ = End::most;
  }
  return end_ != End::none;
}

void Stopping::look() {
  ++looks_;
  next_look_ = static_cast<int>(std::ceil(repeats_ * growth));
  const double confidence = 1 - error_level / (looks_ * (looks_ + 1.0));
  double widest = values_.empty() ? std::numeric_limits<double>::infinity() : 0;
  for (const auto& [id, values] : values_) {
    const double half =
        pairs_ ? half_width_of_ratio(values, confidence) : half_width_of_median(values, confidence);
    widest = std::max(widest, half);
  }
  reached_ = std::isfinite(widest) ? std::optional(widest) : std::nullopt;
}

std::string Stopping::why() const {
  const std::string counted =
      fmt::format("{} {}{}", repeats_, pairs_ ? "pair" : "run", repeats_ == 1 ? "" : "s");
  if (rule_.precision <= 0) return counted + (end_ == End::time ? ", then the time was up" : "");
  const std::string width = reached_ ? "within " + base::format_share(*reached_) : "of unknown precision";
  if (end_ == End::precise) return counted + ": " + width;
  return fmt::format("{}: {}, not the {} asked for: {}", counted, width, base::format_share(rule_.precision),
                     end_ == End::time ? "the time was up" : "no more runs are allowed");
}

}  // namespace plimsoll::probes::bench
