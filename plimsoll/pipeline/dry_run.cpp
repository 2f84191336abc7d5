#include "plimsoll/pipeline/dry_run.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/json.h"
#include "base/units.h"
#include "plimsoll/evidence/environment.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/pipeline/calibration.h"
#include "plimsoll/pipeline/expand_rules.h"
#include "plimsoll/pipeline/repository.h"
#include "plimsoll/pipeline/select_baseline.h"
#include "plimsoll/stats/newest_level.h"
#include "plimsoll/stats/power.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::pipeline {
namespace {

constexpr std::size_t least_runs = 5;
constexpr std::size_t candidate_limit = 400;

std::string seconds_text(std::chrono::nanoseconds duration) {
  return base::format_seconds(std::chrono::duration<double>(duration).count());
}

// The share of events that a threshold allows to be on its bad side, where it is about a share at all.
std::optional<double> allowed_share(const model::Rule& rule) {
  const auto* threshold = std::get_if<model::Threshold>(&rule.check);
  if (threshold == nullptr) return std::nullopt;
  const bool below = threshold->comparison == model::Comparison::less ||
                     threshold->comparison == model::Comparison::less_equal;
  if (rule.stat && rule.stat->kind == model::StatKind::percentile && below)
    return 1 - rule.stat->percent / 100;
  const bool share = threshold->bound.dimension == base::Dimension::share;
  if (share && below && threshold->bound.value > 0 && threshold->bound.value < 1)
    return threshold->bound.value;
  return std::nullopt;
}

RuleOutlook outlook_of_threshold(const model::Rule& rule) {
  RuleOutlook outlook{rule.text, rule.selector.name, std::nullopt, std::nullopt, "judged on this run alone"};
  if (const auto share = allowed_share(rule); share && *share > 0) {
    outlook.events_needed = stats::clean_events_needed(*share);
    outlook.sentence = "needs about " + base::format_count(*outlook.events_needed) + " clean events to pass";
  }
  return outlook;
}

RuleOutlook learning(const model::Rule& rule, const std::string& series, std::size_t runs) {
  return {rule.text, series, std::nullopt, std::nullopt,
          "learning: " + std::to_string(runs) + " of " + std::to_string(least_runs) +
              " comparable runs (or use --base)"};
}

RuleOutlook outlook_of_history(const model::Rule& rule, const std::string& series,
                               std::span<const double> values) {
  std::vector<double> logs;
  for (const double value : values) {
    if (value > 0 && std::isfinite(value)) logs.push_back(std::log(value));
  }
  if (logs.size() < least_runs) return learning(rule, series, logs.size());
  RuleOutlook outlook{rule.text, series, std::nullopt, std::nullopt, ""};
  const double noise = stats::stddev(logs);
  outlook.detectable_effect = stats::detectable_change_unpaired(logs.size(), noise);
  outlook.sentence = "over " + std::to_string(logs.size()) + " runs with a spread of " +
                     base::format_share(noise) + " sees a change of " +
                     base::format_share(*outlook.detectable_effect) + " (80 % power)";
  return outlook;
}

RuleOutlook outlook_of_change(const model::Rule& rule, const model::Change& bounds, const std::string& series,
                              std::size_t runs) {
  RuleOutlook outlook{rule.text, series, std::nullopt, std::nullopt, ""};
  if (runs < stats::least_history) {
    outlook.sentence = "learning: " + std::to_string(runs) + " of " + std::to_string(stats::least_history) +
                       " comparable runs";
    return outlook;
  }
  outlook.sentence = "over " + std::to_string(runs) + " runs: a level that is worse by more than " +
                     base::format_share(bounds.warn) + " warns once two or three runs in a row confirm it";
  return outlook;
}

// Of each run, in no order.
using GroupValues = std::map<model::SeriesId, std::vector<double>>;

// Looks a relative rule's past up as if a run began now.
class Past {
 public:
  static base::Result<Past> load(const plan::Plan& plan, evidence::EvidenceStore* store) {
    Past past(plan, store);
    if (store == nullptr) return past;
    past.now_.project = plan.project;
    past.now_.started = base::system_clock().utc();
    past.now_.environment = evidence::read_environment();
    past.now_.comparability = model::comparability_key(past.now_.environment);
    for (const plan::ProbePlan& probe : plan.probes) {
      past.now_.probes.push_back({.kind = probe.kind, .name = probe.name, .config_digest = probe.digest()});
    }
    past.commits_ = base_commits(plan.root, plan.base_branch);
    evidence::RunFilter filter{.project = plan.project, .complete_only = true, .limit = candidate_limit};
    BASE_ASSIGN(past.runs_, store->runs(filter));
    BASE_ASSIGN(past.calibrations_, Calibrations::load(*store, plan.project, past.now_.comparability));
    return past;
  }

  base::Result<std::vector<RuleOutlook>> outlooks(const model::Rule& rule) {
    std::vector<RuleOutlook> result;
    if (store_ == nullptr) return std::vector{learning(rule, rule.selector.name, 0)};
    const model::Selector selector = effective_selector(rule);
    BASE_ASSIGN(const auto groups, known_groups(rule));
    std::map<std::string, GroupValues> by_probe;
    for (const auto& [id, probe] : groups) {
      if (!by_probe.contains(probe)) {
        BASE_ASSIGN(by_probe[probe], values_of(rule, selector, probe));
      }
      const std::vector<double>& values = by_probe[probe][id];
      if (const auto* change = std::get_if<model::Change>(&rule.check)) {
        result.push_back(outlook_of_change(rule, *change, to_string(id), values.size()));
        continue;
      }
      result.push_back(outlook_of_history(rule, to_string(id), values));
      BASE_TRY(refuse_if_too_fine(rule, id, probe, result.back()));
    }
    if (result.empty()) result.push_back(learning(rule, rule.selector.name, 0));
    return result;
  }

 private:
  Past(const plan::Plan& plan, evidence::EvidenceStore* store) : plan_(plan), store_(store) {}

  // The groups of series that the rule will be asked of, and the probe of each: as the newest run of this
  // plan and the calibrations of its probes have them.
  base::Result<std::map<model::SeriesId, std::string>> known_groups(const model::Rule& rule) {
    const model::Selector selector = effective_selector(rule);
    std::map<model::SeriesId, std::string> groups;
    const auto add = [&](const model::SeriesId& id, const std::string& probe) {
      groups.try_emplace({id.name, model::group_labels(selector, id.labels)}, probe);
    };
    BASE_ASSIGN(const auto series, store_->history(rule.selector, newest_of_this_plan()));
    for (const evidence::HistoricValue& value : series) add(value.series.id, value.probe);
    for (const model::ProbeRecord& probe : now_.probes) {
      const model::Run* run = calibrations_->find(probe_id(probe), probe.config_digest);
      if (run == nullptr) continue;
      const std::string calibrated = std::string(calibration_kind) + "/" + probe.name;
      BASE_ASSIGN(const auto measured, store_->history(rule.selector, std::vector{run->id}));
      for (const evidence::HistoricValue& value : measured)
        if (value.probe == calibrated) add(value.series.id, probe_id(probe));
    }
    return groups;
  }

  // A calibration or a measurement of one command is no run of the plan.
  std::vector<std::string> newest_of_this_plan() const {
    for (const model::Run& run : runs_) {
      for (const model::ProbeRecord& probe : run.probes) {
        if (digest_of(probe_id(probe)) == probe.config_digest) return {run.id};
      }
    }
    return {};
  }

  std::string digest_of(const std::string& probe) const {
    const auto found = std::ranges::find(now_.probes, probe, model::probe_id);
    return found == now_.probes.end() ? "of no probe" : found->config_digest;
  }

  base::Status refuse_if_too_fine(const model::Rule& rule, const model::SeriesId& id,
                                  const std::string& probe, RuleOutlook& outlook) const {
    const auto* bounds = std::get_if<model::Regression>(&rule.check);
    const model::Run* run = calibrations_->find(probe, digest_of(probe));
    if (bounds == nullptr || run == nullptr) return {};
    BASE_ASSIGN(const auto noise, calibrations_->noise(rule, id, *run));
    const auto sentence = noise ? refusal(*bounds, *noise, false, 0) : std::nullopt;
    if (!sentence) return {};
    outlook.refused = true;
    outlook.sentence = *sentence;
    return {};
  }

  // Of every group that the rule is asked of where this probe reports it.
  base::Result<GroupValues> values_of(const model::Rule& rule, const model::Selector& selector,
                                      const std::string& probe) {
    const BaselineRuns baseline = select_baseline(now_, runs_, probe, plan_.base_branch, commits_, {});
    const bool whole = std::holds_alternative<model::Change>(rule.check);
    BASE_ASSIGN(const auto history, store_->history(selector, whole ? baseline.all : baseline.newest));
    std::map<std::pair<model::SeriesId, std::string>, std::vector<model::Observation>> by_group_and_run;
    for (const evidence::HistoricValue& value : history) {
      const model::SeriesId group{value.series.id.name,
                                  model::group_labels(selector, value.series.id.labels)};
      by_group_and_run[{group, value.run}].push_back({.value = value.value});
    }
    GroupValues result;
    for (const auto& [key, observations] : by_group_and_run) {
      const auto merged = model::merge(observations);
      const auto number = merged ? model::statistic(*merged, rule.stat) : std::nullopt;
      if (number) result[key.first].push_back(*number);
    }
    return result;
  }

  const plan::Plan& plan_;
  evidence::EvidenceStore* store_;
  model::Run now_;
  std::vector<model::Run> runs_;
  std::vector<std::string> commits_;
  std::optional<Calibrations> calibrations_;
};

}  // namespace

base::Result<DryRun> dry_run(const plan::Plan& plan, const Choice& choice, evidence::EvidenceStore* store) {
  DryRun result;
  BASE_ASSIGN(result.schedule, schedule(plan, choice));
  BASE_ASSIGN(Past past, Past::load(plan, store));
  for (const model::Rule& rule : plan.rules) {
    if (!is_relative(rule)) {
      result.rules.push_back(outlook_of_threshold(rule));
      continue;
    }
    BASE_ASSIGN(const std::vector<RuleOutlook> outlooks, past.outlooks(rule));
    result.rules.insert(result.rules.end(), outlooks.begin(), outlooks.end());
  }
  return result;
}

std::string to_text(const DryRun& result) {
  std::string text = "would run, in this order:\n";
  for (const ScheduledProbe& scheduled : result.schedule.probes) {
    const plan::ProbePlan& probe = *scheduled.probe;
    text += "  " + probe.kind + " " + probe.name;
    if (!scheduled.selected) text += "  — left out: " + scheduled.why_not;
    if (scheduled.selected && probe.expected.count() > 0) text += "  about " + seconds_text(probe.expected);
    text += "\n";
  }
  text += "in all about " + seconds_text(result.schedule.expected) + " of measuring\n\nwould judge:\n";
  for (const RuleOutlook& rule : result.rules) {
    text += "  " + rule.rule + "\n      " + (rule.series.empty() ? "" : rule.series + ": ") + rule.sentence +
            "\n";
  }
  return text;
}

nlohmann::ordered_json to_json(const DryRun& result) {
  base::OrderedJson probes = base::OrderedJson::array();
  for (const ScheduledProbe& scheduled : result.schedule.probes) {
    probes.push_back(
        {{"kind", scheduled.probe->kind},
         {"name", scheduled.probe->name},
         {"selected", scheduled.selected},
         {"why_not", scheduled.why_not},
         {"expected_seconds", std::chrono::duration<double>(scheduled.probe->expected).count()}});
  }
  base::OrderedJson rules = base::OrderedJson::array();
  for (const RuleOutlook& rule : result.rules) {
    rules.push_back({{"rule", rule.rule},
                     {"series", rule.series},
                     {"detectable_effect", base::number_or_null(rule.detectable_effect)},
                     {"events_needed", base::number_or_null(rule.events_needed)},
                     {"refused", rule.refused},
                     {"explanation", rule.sentence}});
  }
  return {{"plimsoll", "check.dry_run"},
          {"version", 1},
          {"status", "pass"},
          {"expected_seconds", std::chrono::duration<double>(result.schedule.expected).count()},
          {"partial", result.schedule.partial},
          {"probes", probes},
          {"rules", rules}};
}

}  // namespace plimsoll::pipeline
