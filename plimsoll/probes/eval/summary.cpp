#include "plimsoll/probes/eval/summary.h"

#include <algorithm>

#include "plimsoll/stats/bootstrap.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::probes::eval {
namespace {

constexpr std::uint64_t bootstrap_seed = 1;
constexpr std::size_t enough_to_resample = 10;

bool all_zero_or_one(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return value == 0 || value == 1; });
}

// Tells nothing of what else may come.
bool all_equal(std::span<const double> values) {
  return std::ranges::adjacent_find(values, std::not_equal_to<>()) == values.end();
}

// Held to what a share can be where all values are shares.
stats::Interval by_student(std::span<const double> values) {
  const stats::Interval interval = stats::t_interval(values);
  const auto is_share = [](double value) { return value >= 0 && value <= 1; };
  if (!std::ranges::all_of(values, is_share)) return interval;
  return {std::max(interval.lo, 0.0), std::min(interval.hi, 1.0)};
}

stats::Interval resampled(std::span<const double> values) {
  base::Random random(bootstrap_seed);
  const auto mean = [&](std::span<const std::size_t> clusters) {
    double sum = 0;
    for (const std::size_t i : clusters) sum += values[i];
    return sum / static_cast<double>(clusters.size());
  };
  return stats::bootstrap_bca(values.size(), mean, random).interval;
}

}  // namespace

Mean mean_of(std::span<const double> values) {
  Mean result{.n = values.size()};
  if (values.empty()) return result;
  result.mean = stats::mean(values);
  if (all_zero_or_one(values)) {
    const auto ones = static_cast<double>(std::ranges::count(values, 1.0));
    result.interval = stats::clopper_pearson(ones, static_cast<double>(values.size()));
  } else if (!all_equal(values)) {
    result.interval = values.size() < enough_to_resample ? by_student(values) : resampled(values);
  }
  return result;
}

Summary summarise(const Suite& suite, const JudgedSet& set, const Evaluation& evaluation,
                  const Scores& scores) {
  Summary summary{.documents = set.documents.size(),
                  .queries = evaluation.asked.size(),
                  .answerable = scores.answerable.size(),
                  .unanswerable = scores.unanswerable.size(),
                  .failed = scores.failed,
                  .groups = scores.groups};
  for (const Measure& measure : scores.measures) summary.measures.push_back(to_string(measure));
  for (const std::string& group : scores.groups) {
    std::vector<Mean>& means = summary.means.emplace_back();
    for (std::size_t i = 0; i < scores.measures.size(); ++i) means.push_back(mean_of(scores.of(i, group)));
  }
  summary.unanswerable_top_score = mean_of(unanswerable_top_scores(scores));
  summary.separation = separation(scores);
  if (!suite.tenant_field.empty()) summary.leaks = scores.leaks;
  for (const Asked& asked : evaluation.asked) {
    asked.failed() ? summary.latency.record_infinite() : summary.latency.record(asked.seconds);
    if (asked.failed() && summary.first_failure.empty()) {
      summary.first_failure = asked.query->id + ": " + asked.failure;
    }
  }
  return summary;
}

}  // namespace plimsoll::probes::eval
