#include "plimsoll/cli/baseline_metrics.h"

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/json.h"
#include "plimsoll/evidence/environment.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/probes/record_results.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::cli {
namespace {

constexpr std::size_t candidate_limit = 400;
constexpr std::size_t enough_for_p95 = 20;
constexpr std::size_t enough_for_p99 = 100;

bool measured(const model::Run& run, const plan::ProbePlan& probe) {
  return std::ranges::any_of(run.probes, [&](const model::ProbeRecord& record) {
    return record.kind == "bench" && record.name == probe.name && record.config_digest == probe.digest() &&
           record.reason == model::Reason::none;
  });
}

std::string figure_name(const model::Series& series) {
  const auto counter = series.id.labels.find("counter");
  if (counter != series.id.labels.end()) return counter->second;
  const std::string prefix = "bench.";
  std::string name =
      series.id.name.starts_with(prefix) ? series.id.name.substr(prefix.size()) : series.id.name;
  if (!name.ends_with(series.unit)) name += "_" + series.unit;
  return name;
}

std::string benchmark_name(const model::Series& series, const std::string& probe) {
  const auto label = series.id.labels.find("benchmark");
  return label == series.id.labels.end() ? probe : label->second;
}

model::Samples samples_of(const std::vector<model::Observation>& observations) {
  model::Samples samples;
  for (const model::Observation& observation : observations) {
    if (observation.base_side) continue;
    if (const auto* scalar = std::get_if<double>(&observation.value)) samples.push_back(*scalar);
    if (const auto* several = std::get_if<model::Samples>(&observation.value))
      samples.insert(samples.end(), several->begin(), several->end());
  }
  return samples;
}

Metric metric_of(const model::Samples& samples) {
  const std::vector<double> ascending = stats::sorted(samples);
  Metric metric{.median = stats::median(samples), .repeats = samples.size()};
  if (samples.size() >= enough_for_p95) metric.p95 = stats::nearest_rank(ascending, 0.95);
  if (samples.size() >= enough_for_p99) metric.p99 = stats::nearest_rank(ascending, 0.99);
  if (metric.median != 0) metric.spread = stats::scaled_mad(samples) / std::abs(metric.median);
  return metric;
}

base::Result<MeasuredProbe> read_probe(const plan::ProbePlan& probe, const model::Run& run,
                                       evidence::EvidenceStore& store) {
  MeasuredProbe result{.name = probe.name, .run = run.id, .started = base::to_rfc3339(run.started)};
  result.commit = run.commit;
  result.dirty = run.dirty;
  BASE_ASSIGN(const auto all, store.read(run.id, model::Selector{"bench.**", {}, {}}));
  for (const model::SeriesData& data : all) {
    if (data.probe != "bench/" + probe.name) continue;
    const model::Samples samples = samples_of(data.observations);
    if (samples.empty()) continue;
    result.benchmarks[benchmark_name(data.series, probe.name)][figure_name(data.series)] = metric_of(samples);
  }
  return result;
}

base::OrderedJson to_json(const Metric& metric) {
  base::OrderedJson json;
  json["median"] = base::OrderedJson(base::number_or_null(metric.median));
  if (metric.p95) json["p95"] = *metric.p95;
  if (metric.p99) json["p99"] = *metric.p99;
  json["spread"] = base::OrderedJson(base::number_or_null(metric.spread));
  json["repeats"] = metric.repeats;
  return json;
}

// "probe benchmark figure" → median.
std::map<std::string, double> flat(const base::OrderedJson& document) {
  std::map<std::string, double> result;
  const auto probes = document.find("probes");
  if (probes == document.end() || !probes->is_object()) return result;
  for (const auto& [probe, content] : probes->items()) {
    if (!content.is_object() || !content.contains("benchmarks")) continue;
    for (const auto& [benchmark, figures] : content.at("benchmarks").items()) {
      for (const auto& [figure, values] : figures.items()) {
        if (values.is_object() && values.contains("median") && values.at("median").is_number())
          result[probe + " " + benchmark + " " + figure] = values.at("median").get<double>();
      }
    }
  }
  return result;
}

}  // namespace

base::Result<BaselineMetrics> baseline_metrics(const plan::Plan& plan, evidence::EvidenceStore& store) {
  BaselineMetrics metrics{.project = plan.project, .environment = evidence::read_environment()};
  evidence::RunFilter filter{.project = plan.project, .complete_only = true, .limit = candidate_limit};
  filter.comparability = model::comparability_key(metrics.environment);
  BASE_ASSIGN(const std::vector<model::Run> runs, store.runs(filter));
  for (const plan::ProbePlan& probe : plan.probes) {
    if (probe.kind != "bench") continue;
    const auto newest =
        std::ranges::find_if(runs, [&](const model::Run& run) { return measured(run, probe); });
    if (newest == runs.end()) {
      metrics.unmeasured.push_back(probe.name);
      continue;
    }
    BASE_ASSIGN(MeasuredProbe read, read_probe(probe, *newest, store));
    metrics.probes.push_back(std::move(read));
  }
  return metrics;
}

nlohmann::ordered_json to_json(const BaselineMetrics& metrics) {
  base::OrderedJson probes = base::OrderedJson::object();
  for (const MeasuredProbe& probe : metrics.probes) {
    base::OrderedJson benchmarks = base::OrderedJson::object();
    for (const auto& [benchmark, figures] : probe.benchmarks) {
      for (const auto& [figure, metric] : figures) benchmarks[benchmark][figure] = to_json(metric);
    }
    probes[probe.name] = {{"run", probe.run},
                          {"commit", probe.commit ? base::OrderedJson(*probe.commit) : base::OrderedJson()},
                          {"dirty", probe.dirty},
                          {"started", probe.started},
                          {"benchmarks", benchmarks}};
  }
  return {{"plimsoll", "bench.baseline"},
          {"version", 1},
          {"about",
           "Written by `plimsoll bench baseline --update` for readers; judgements are drawn from the "
           "evidence store. SI units; spread is the robust coefficient of variation of the repeats."},
          {"project", metrics.project},
          {"environment", base::OrderedJson(model::to_json(metrics.environment))},
          {"probes", probes}};
}

std::vector<Difference> differences(const nlohmann::ordered_json& before,
                                    const nlohmann::ordered_json& after) {
  const auto earlier = flat(before);
  const auto now = flat(after);
  std::vector<Difference> result;
  for (const auto& [figure, value] : now) {
    const auto found = earlier.find(figure);
    if (found == earlier.end()) result.push_back({figure, std::nullopt, value});
    if (found != earlier.end() && found->second != value) result.push_back({figure, found->second, value});
  }
  for (const auto& [figure, value] : earlier)
    if (!now.contains(figure)) result.push_back({figure, value, std::nullopt});
  return result;
}

}  // namespace plimsoll::cli
