#include "plimsoll/pipeline/calibration.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/units.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/pipeline/expand_rules.h"
#include "plimsoll/stats/power.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::pipeline {
namespace {

constexpr std::size_t candidate_limit = 400;
constexpr std::size_t longest_baseline = 20;
constexpr double promised_power = 0.80;

using Blocks = std::map<std::int32_t, std::vector<model::Observation>>;

std::vector<double> values_of(const Blocks& blocks, const std::optional<model::Stat>& stat) {
  std::vector<double> values;
  for (const auto& [block, observations] : blocks) {
    const auto merged = model::merge(observations);
    const auto value = merged ? model::statistic(*merged, stat) : std::nullopt;
    if (value && *value > 0 && std::isfinite(*value)) values.push_back(*value);
  }
  return values;
}

stats::PowerGoal goal(double power) {
  return {.power = power};
}

}  // namespace

std::vector<SeriesNoise> noise_of(std::span<const model::SeriesData> series, const model::Selector& selector,
                                  const std::optional<model::Stat>& stat) {
  std::map<model::SeriesId, std::pair<model::Series, Blocks>> groups;
  for (const model::SeriesData& data : series) {
    const model::SeriesId id{data.series.id.name, model::group_labels(selector, data.series.id.labels)};
    auto& [group, blocks] = groups[id];
    group = {id, data.series.unit, data.series.better};
    for (const model::Observation& observation : data.observations)
      if (observation.block) blocks[*observation.block].push_back(observation);
  }
  std::vector<SeriesNoise> result;
  for (const auto& [id, group] : groups) {
    SeriesNoise noise{.series = group.first,
                      .stat = stat ? model::to_string(*stat) : "",
                      .values = values_of(group.second, stat)};
    if (noise.values.size() < least_calibration_runs) continue;
    const std::vector<double> logs = stats::logs(noise.values);
    noise.level = stats::median(noise.values);
    noise.robust_cv = stats::scaled_mad(logs);
    noise.spread = stats::stddev(logs);
    result.push_back(std::move(noise));
  }
  return result;
}

double visible_against_runs(const SeriesNoise& noise, std::size_t runs, double power) {
  return stats::detectable_change_unpaired(runs, noise.spread, goal(power));
}

double visible_in_pairs(const SeriesNoise& noise, std::size_t pairs, double power) {
  return stats::detectable_change_paired(pairs, noise.spread, goal(power));
}

std::optional<std::string> refusal(const model::Regression& bounds, const SeriesNoise& noise, bool in_pairs,
                                   std::size_t pairs) {
  const double visible = in_pairs ? visible_in_pairs(noise, pairs, promised_power)
                                  : visible_against_runs(noise, longest_baseline, promised_power);
  if (visible <= bounds.fail) return std::nullopt;
  const std::string against = in_pairs ? "over " + std::to_string(pairs) + " pairs"
                                       : "against " + std::to_string(longest_baseline) + " runs";
  return "refused: `bench noise` measured " + base::format_share(noise.spread) +
         " of noise on this machine, so " + against + " it sees changes from " + base::format_share(visible) +
         " on, and a fail bound of " + base::format_share(bounds.fail) +
         " is tighter; loosen it, repeat more, or count instructions (callgrind)";
}

void refuse_if_too_fine(model::Judgement& judgement, const model::Regression& bounds,
                        const SeriesNoise& noise, bool in_pairs) {
  const bool alarm = judgement.status == model::Status::fail || judgement.status == model::Status::warn;
  const bool judged = judgement.status == model::Status::pass ||
                      judgement.status == model::Status::learning ||
                      judgement.reason == model::Reason::undecided;
  if (alarm || !judged) return;
  const auto sentence = refusal(bounds, noise, in_pairs, judgement.n_base);
  if (!sentence) return;
  judgement.status = model::Status::inconclusive;
  judgement.reason = model::Reason::environment;
  judgement.explanation = judgement.series + ": " + *sentence;
}

base::Result<Calibrations> Calibrations::load(evidence::EvidenceStore& store, const std::string& project,
                                              const std::string& comparability) {
  Calibrations calibrations(store);
  evidence::RunFilter filter{.project = project, .complete_only = true, .limit = candidate_limit};
  filter.comparability = comparability;
  BASE_ASSIGN(calibrations.runs_, store.runs(filter));
  std::erase_if(calibrations.runs_, [](const model::Run& run) {
    return std::ranges::none_of(run.probes, [](const auto& probe) { return probe.kind == calibration_kind; });
  });
  return calibrations;
}

const model::Run* Calibrations::find(std::string_view probe_id, std::string_view config_digest) const {
  for (const model::Run& run : runs_) {
    for (const model::ProbeRecord& probe : run.probes) {
      if ("bench/" + probe.name == probe_id && probe.config_digest == config_digest) return &run;
    }
  }
  return nullptr;
}

base::Result<std::optional<SeriesNoise>> Calibrations::noise(const model::Rule& rule,
                                                             const model::SeriesId& group,
                                                             const model::Run& run) const {
  BASE_ASSIGN(const auto series, store_->read(run.id, rule.selector));
  for (SeriesNoise& noise : noise_of(series, effective_selector(rule), rule.stat)) {
    if (noise.series.id == group) return std::move(noise);
  }
  return std::nullopt;
}

}  // namespace plimsoll::pipeline
