#include "plimsoll/pipeline/expand_rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "plimsoll/model/saturation.h"

namespace plimsoll::pipeline {
namespace {

bool could_feed(const plan::ProbeKind& kind, const std::string& pattern) {
  return std::ranges::any_of(kind.series, [&](const plan::SeriesPattern& series) {
    return model::name_matches(pattern, series.name) || model::name_matches(series.name, pattern);
  });
}

// What a selector says of a series that nobody reported: its name and the labels it asks for.
model::SeriesId series_as_asked(const model::Selector& selector) {
  model::SeriesId id{selector.name, {}};
  for (const model::Match& match : selector.matches) {
    if (match.op == model::MatchOperator::equal) id.labels[match.key] = match.value;
  }
  return id;
}

// The same, with the label that a silent probe would have given it.
model::SeriesId expected_series(const ProbeState& probe, const model::Selector& selector) {
  model::SeriesId id = series_as_asked(selector);
  if (!probe.kind->identity_label.empty()) id.labels[probe.kind->identity_label] = probe.record.name;
  return id;
}

// Whether the rule's matches exclude the probe by the one label that is known of it.
bool excluded(const ProbeState& probe, const model::Selector& selector) {
  const plan::ProbeKind& kind = *probe.kind;
  const std::string& label = kind.identity_label.empty() ? kind.optional_label : kind.identity_label;
  return std::ranges::any_of(selector.matches, [&](const model::Match& match) {
    if (match.key != label) return false;
    const model::Selector one{selector.name, {match}, {}};
    model::SeriesId id = series_as_asked(selector);
    id.labels[label] = probe.record.name;
    return !model::selects(one, id);
  });
}

std::string detail_of(const ProbeState& probe) {
  const model::ProbeRecord& record = probe.record;
  const std::string who = record.kind + " `" + record.name + "`";
  return record.error.empty() ? who + " " + record.status : who + ": " + record.error;
}

bool spoils(model::Reason reason, const std::string& unit) {
  return reason != model::Reason::saturated || model::is_spoilt_by_saturation(unit);
}

void block(judges::Question& question, const ProbeState& probe) {
  if (question.blocked != model::Reason::none || !spoils(probe.record.reason, question.series.unit)) return;
  question.blocked = probe.record.reason;
  question.blocked_detail = detail_of(probe);
}

const ProbeState* state_of(std::span<const ProbeState> probes, const std::string& id) {
  const auto found =
      std::ranges::find_if(probes, [&](const ProbeState& p) { return probe_id(p.record) == id; });
  return found == probes.end() ? nullptr : &*found;
}

bool is_pattern(const std::string& name) {
  return name.find('*') != std::string::npos;
}

// items_per_second and their like say what the time of the same benchmark says.
bool is_derived_rate(const model::SeriesData& data, std::span<const model::SeriesData> all) {
  if (!data.series.id.name.starts_with("bench.") || !data.series.unit.ends_with("per_second")) return false;
  model::Labels labels = data.series.id.labels;
  labels.erase("counter");
  return std::ranges::any_of(all, [&](const model::SeriesData& other) {
    return other.probe == data.probe && other.series.unit == "seconds" && other.series.id.labels == labels;
  });
}

// A regression over a name pattern means what got worse, each thing once. A series named in full is judged
// whatever it is.
bool is_passed_over(const model::Rule& rule, const model::SeriesData& data,
                    std::span<const model::SeriesData> all) {
  if (!std::holds_alternative<model::Regression>(rule.check) || !is_pattern(rule.selector.name)) return false;
  return data.series.better == model::Better::neither || is_derived_rate(data, all);
}

std::vector<RuleQuestion> group_series(const model::Rule& rule, const model::Selector& selector,
                                       std::span<const model::SeriesData> series,
                                       std::span<const ProbeState> probes) {
  std::map<model::SeriesId, RuleQuestion> groups;
  for (const model::SeriesData& data : series) {
    if (is_passed_over(rule, data, series)) continue;
    const model::SeriesId id{data.series.id.name, model::group_labels(selector, data.series.id.labels)};
    RuleQuestion& group = groups[id];
    group.question.rule = rule;
    group.question.series = {id, data.series.unit, data.series.better};
    for (const model::Observation& observation : data.observations) {
      (observation.base_side ? group.question.base : group.question.head).push_back(observation);
    }
    if (std::ranges::find(group.probes, data.probe) == group.probes.end()) group.probes.push_back(data.probe);
    if (const ProbeState* probe = state_of(probes, data.probe);
        probe && probe->record.reason != model::Reason::none) {
      block(group.question, *probe);
    }
  }
  std::vector<RuleQuestion> questions;
  for (auto& [id, group] : groups) questions.push_back(std::move(group));
  return questions;
}

RuleQuestion ask_about_findings(const model::Rule& rule, std::span<const model::Finding> findings) {
  RuleQuestion asked;
  asked.question.rule = rule;
  asked.question.on_findings = true;
  asked.question.series = {{rule.selector.name, {}}, "count", model::Better::lower};
  for (const model::Finding& finding : findings) {
    if (model::selects(rule.selector, finding)) asked.question.findings.push_back(finding);
  }
  return asked;
}

RuleQuestion silent(const model::Rule& rule, const model::Selector& selector, const ProbeState& probe) {
  RuleQuestion asked;
  asked.question.rule = rule;
  asked.question.series = {expected_series(probe, selector), "", model::Better::neither};
  asked.probes = {probe_id(probe.record)};
  if (probe.record.reason != model::Reason::none) {
    block(asked.question, probe);
  } else {
    asked.question.blocked = model::Reason::missing;
    asked.question.blocked_detail =
        probe.record.kind + " `" + probe.record.name + "` reported no such series";
  }
  return asked;
}

RuleQuestion nobody_answered(const model::Rule& rule, bool all_skipped) {
  RuleQuestion asked;
  asked.question.rule = rule;
  asked.question.series = {series_as_asked(rule.selector), "", model::Better::neither};
  asked.not_run = all_skipped;
  asked.question.blocked = model::Reason::missing;
  asked.question.blocked_detail = all_skipped ? "its probe was left out of this run" : "no probe reported it";
  return asked;
}

}  // namespace

model::Selector effective_selector(const model::Rule& rule) {
  model::Selector selector = rule.selector;
  if (!selector.by && selector.name.starts_with("load.")) selector.by = {"scenario"};
  return selector;
}

bool is_relative(const model::Rule& rule) {
  return std::holds_alternative<model::Regression>(rule.check) ||
         std::holds_alternative<model::Change>(rule.check);
}

std::vector<RuleQuestion> expand_rule(const model::Rule& rule, std::span<const model::SeriesData> series,
                                      std::span<const model::Finding> findings,
                                      std::span<const ProbeState> probes) {
  const model::Selector selector = effective_selector(rule);
  std::vector<const ProbeState*> able;
  for (const ProbeState& probe : probes) {
    if (probe.kind != nullptr && could_feed(*probe.kind, selector.name) && !excluded(probe, selector)) {
      able.push_back(&probe);
    }
  }
  const bool all_skipped = !able.empty() && std::ranges::all_of(able, &ProbeState::skipped);
  const bool on_findings = rule.selector.name.ends_with(".findings");
  std::vector<RuleQuestion> questions;
  if (!all_skipped && on_findings) {
    questions.push_back(ask_about_findings(rule, findings));
  } else if (!on_findings) {
    questions = group_series(rule, selector, series, probes);
  }
  for (const ProbeState* probe : able) {
    if (probe->skipped) continue;
    const auto covers = [&](const RuleQuestion& asked) {
      return std::ranges::find(asked.probes, probe_id(probe->record)) != asked.probes.end();
    };
    const bool broken = probe->record.reason != model::Reason::none;
    if (on_findings && broken) block(questions.front().question, *probe);
    if (on_findings) questions.front().probes.push_back(probe_id(probe->record));
    if (!on_findings && broken && std::ranges::none_of(questions, covers)) {
      questions.push_back(silent(rule, selector, *probe));
    }
  }
  if (questions.empty()) questions.push_back(nobody_answered(rule, all_skipped));
  return questions;
}

std::vector<std::pair<std::string, double>> threshold_edges(std::span<const model::Rule> rules) {
  std::set<std::pair<std::string, double>> edges;
  for (const model::Rule& rule : rules) {
    const auto* threshold = std::get_if<model::Threshold>(&rule.check);
    if (threshold != nullptr && threshold->per_seconds == 0) {
      edges.emplace(rule.selector.name, threshold->bound.value);
    }
  }
  return {edges.begin(), edges.end()};
}

std::set<std::string> named_series(std::span<const model::Rule> rules) {
  std::set<std::string> names;
  for (const model::Rule& rule : rules) {
    if (!is_pattern(rule.selector.name)) names.insert(rule.selector.name);
  }
  return names;
}

}  // namespace plimsoll::pipeline
