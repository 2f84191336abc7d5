#include "plimsoll/cli/load_rules.h"

#include <fmt/format.h>

#include "plimsoll/cli/memory_recorder.h"
#include "plimsoll/judges/judge.h"
#include "plimsoll/pipeline/expand_rules.h"
#include "plimsoll/plan/rule_checks.h"
#include "plimsoll/plan/rule_text.h"
#include "plimsoll/probes/load/load_config.h"
#include "plimsoll/probes/load/load_probe.h"
#include "plimsoll/probes/load/load_series.h"
#include "plimsoll/probes/load/service_series.h"

namespace plimsoll::cli {
namespace {

base::Error about_rule(base::Error error, const std::string& text) {
  error.place.reset();  // a command line has no lines
  error.message = "--threshold \"" + text + "\": " + error.message;
  return error;
}

plan::ProbePlan probe_of(const traffic::ScenarioFile& file) {
  plan::ProbePlan probe;
  probe.kind = "load";
  probe.name = file.name;
  if (file.scenarios.size() < 2) return probe;
  for (const traffic::Scenario& scenario : file.scenarios) probe.identities.push_back(scenario.name);
  return probe;
}

base::Status check_rule(const model::Rule& rule, std::span<const plan::ProbePlan> probes,
                        std::span<const plan::ProbeKind> kinds) {
  if (!std::holds_alternative<model::Threshold>(rule.check)) {
    return base::fail_at(
        rule.place, "\"" + rule.text + "\": only bounds can be judged on one run",
        "regressions need earlier runs: put the rule into plimsoll.yaml and use plimsoll check");
  }
  return plan::check_rules(std::span(&rule, 1), probes, kinds);
}

// What the rule speaks of.
std::vector<model::SeriesData> selected(std::span<const model::SeriesData> data, const model::Rule& rule) {
  const model::Selector selector = pipeline::effective_selector(rule);
  std::vector<model::SeriesData> result;
  for (const model::SeriesData& series : data) {
    if (model::selects(selector, series.series.id)) result.push_back(series);
  }
  return result;
}

}  // namespace

base::Result<std::vector<model::Rule>> read_load_rules(std::span<const std::string> texts,
                                                       const traffic::ScenarioFile& file) {
  const std::vector<plan::ProbeKind> kinds = {probes::load::kind()};
  const std::vector<plan::ProbePlan> probes = {probe_of(file)};
  std::vector<model::Rule> rules;
  for (const traffic::ScenarioThreshold& threshold : file.thresholds) {
    BASE_ASSIGN(model::Rule rule, probes::load::rule_of(threshold));
    BASE_TRY(check_rule(rule, probes, kinds));
    rules.push_back(std::move(rule));
  }
  for (const std::string& text : texts) {
    auto rule = probes::load::rule_of({text, "", "", {}});
    const base::Status status = rule ? check_rule(*rule, probes, kinds) : std::unexpected(rule.error());
    if (!status) return std::unexpected(about_rule(status.error(), text));
    rules.push_back(*std::move(rule));
  }
  return rules;
}

base::Result<std::vector<model::Rule>> read_load_rules(std::span<const std::string> texts,
                                                       const std::string& scenario) {
  traffic::ScenarioFile file;
  file.name = scenario;
  return read_load_rules(texts, file);
}

void add_edges(std::span<const model::Rule> rules, traffic::LoadPlan& plan) {
  std::vector<probes::EdgeRequest> edges;
  for (const auto& [name, bound] : pipeline::threshold_edges(rules)) edges.push_back({name, bound});
  probes::load::set_edges(plan, edges);
}

base::Result<std::vector<model::SeriesData>> series_of(const LoadEvidence& evidence) {
  MemoryRecorder recorder("load/" + evidence.scenario);
  BASE_ASSIGN(auto writer, probes::load::SeriesWriter::declare(recorder, evidence.scenario, evidence.plan,
                                                               evidence.began_at, evidence.named_series));
  for (const traffic::LoadSlice& slice : evidence.slices) BASE_TRY(writer.write(slice));
  probes::load::ServiceWriter service(recorder, evidence.scenario);
  BASE_TRY(service.write(evidence.server, evidence.watch.metrics, evidence.began_at));
  return recorder.take_series();
}

model::ProbeRecord record_of(const LoadEvidence& evidence) {
  model::ProbeRecord record{.kind = "load", .name = evidence.scenario};
  record.duration_seconds = evidence.result.duration_seconds;
  if (evidence.result.service_was_dead()) {
    record.status = "failed";
    record.reason = model::Reason::missing;
    record.error = traffic::why_it_ended(evidence.plan, evidence.result);
  } else if (evidence.result.generator.saturated) {
    record.status = "saturated";
    record.reason = model::Reason::saturated;
    record.error = fmt::format("the load generator itself fell behind ({} late sends)",
                               evidence.result.generator.late_sends);
  }
  return record;
}

std::vector<model::Judgement> judge_load(std::span<const model::Rule> rules,
                                         std::span<const model::SeriesData> series,
                                         const model::ProbeRecord& record) {
  const plan::ProbeKind kind = probes::load::kind();
  const pipeline::ProbeState state{.record = record, .kind = &kind};
  std::vector<model::Judgement> judgements;
  for (const model::Rule& rule : rules) {
    for (const auto& asked : pipeline::expand_rule(rule, selected(series, rule), {}, std::span(&state, 1))) {
      for (model::Judgement& judgement : judges::judge(asked.question))
        judgements.push_back(std::move(judgement));
    }
  }
  return judgements;
}

}  // namespace plimsoll::cli
