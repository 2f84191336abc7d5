#include "plimsoll/pipeline/judge_run.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "plimsoll/model/statistic.h"
#include "plimsoll/pipeline/calibration.h"
#include "plimsoll/pipeline/select_baseline.h"
#include "plimsoll/pipeline/trend.h"
#include "plimsoll/plan/rule_text.h"

namespace plimsoll::pipeline {
namespace {

constexpr std::size_t candidate_limit = 400;
constexpr std::size_t most_timelines = 24;
// A report's trends have this many points in all, and each at least the fewer.
constexpr std::size_t most_points = 60'000;
constexpr std::size_t fewest_points = 50;

bool needs_history(const model::Rule& rule) {
  return is_relative(rule) || std::holds_alternative<model::Ratchet>(rule.check);
}

std::vector<evidence::Acceptance> covering(std::span<const evidence::Acceptance> all,
                                           const model::SeriesId& id) {
  std::vector<evidence::Acceptance> result;
  for (const evidence::Acceptance& acceptance : all) {
    const auto selector = plan::parse_selector(acceptance.series);
    if (selector && model::selects(*selector, id)) result.push_back(acceptance);
  }
  return result;
}

// Earlier values of one rule's series, by run and by group.
class HistoryIndex {
 public:
  HistoryIndex(const model::Selector& selector, std::vector<evidence::HistoricValue> values) {
    for (evidence::HistoricValue& value : values) {
      const model::Labels group = model::group_labels(selector, value.series.id.labels);
      by_run_[value.run][{value.series.id.name, group}].push_back({.value = std::move(value.value)});
    }
  }

  std::optional<model::Value> value(const std::string& run, const model::SeriesId& group) const {
    const auto in_run = by_run_.find(run);
    if (in_run == by_run_.end()) return std::nullopt;
    const auto found = in_run->second.find(group);
    return found == in_run->second.end() ? std::nullopt : model::merge(found->second);
  }

  std::vector<judges::BaselineValue> values(std::span<const std::string> runs,
                                            const model::SeriesId& group) const {
    std::vector<judges::BaselineValue> result;
    for (const std::string& run : runs) {
      if (auto merged = value(run, group)) result.push_back({run, std::move(*merged)});
    }
    return result;
  }

 private:
  std::map<std::string, std::map<model::SeriesId, std::vector<model::Observation>>> by_run_;
};

// Of many trends each keeps its newest points.
void shorten(std::vector<model::History>& histories) {
  if (histories.empty()) return;
  const std::size_t most = std::max(fewest_points, most_points / histories.size());
  for (model::History& history : histories) {
    if (history.points.size() <= most) continue;
    const auto surplus = static_cast<std::ptrdiff_t>(history.points.size() - most);
    history.points.erase(history.points.begin(), history.points.begin() + surplus);
  }
}

class RunJudge {
 public:
  RunJudge(const JudgeInputs& inputs, evidence::EvidenceStore& store) : inputs_(inputs), store_(store) {}

  base::Result<Judged> run() {
    BASE_TRY(load());
    for (const model::Rule& rule : inputs_.plan.rules) BASE_TRY(ask(rule));
    answer_all();
    BASE_TRY(refuse_what_is_too_fine());
    judged_.findings = std::move(findings_);
    shorten(judged_.histories);
    for (model::History& history : judged_.histories) find_levels(history);
    return std::move(judged_);
  }

 private:
  base::Status load() {
    BASE_ASSIGN(findings_, store_.findings(inputs_.run.id));
    if (std::ranges::none_of(inputs_.plan.rules, needs_history)) return {};
    evidence::RunFilter filter{
        .project = inputs_.run.project, .complete_only = true, .limit = candidate_limit};
    filter.branch = inputs_.plan.base_branch;
    filter.comparability = inputs_.run.comparability;
    BASE_ASSIGN(candidates_, store_.runs(filter));
    BASE_ASSIGN(acceptances_, store_.acceptances(inputs_.run.project));
    BASE_ASSIGN(calibrations_, Calibrations::load(store_, inputs_.run.project, inputs_.run.comparability));
    return {};
  }

  base::Status ask(const model::Rule& rule) {
    BASE_ASSIGN(const std::vector<model::SeriesData> series, store_.read(inputs_.run.id, rule.selector));
    std::vector<RuleQuestion> questions = expand_rule(rule, series, findings_, inputs_.probes);
    shown_.resize(asked_.size());
    if (needs_history(rule)) BASE_TRY(add_history(rule, questions));
    for (RuleQuestion& asked : questions) {
      asked.question.now = inputs_.now;
      asked_.push_back(std::move(asked));
    }
    return {};
  }

  // All together, since what the baselines say about noise is learnt from every series at once.
  void answer_all() {
    std::vector<judges::Question> questions;
    for (const RuleQuestion& asked : asked_) questions.push_back(asked.question);
    const stats::NoiseShape noise = judges::learn_noise(questions);
    shown_.resize(asked_.size());
    for (std::size_t i = 0; i < asked_.size(); ++i) answer(asked_[i], shown_[i], noise);
  }

  // Chooses each question's runs, then reads all of them in one go.
  base::Status add_history(const model::Rule& rule, std::vector<RuleQuestion>& questions) {
    const bool whole = std::holds_alternative<model::Change>(rule.check);
    std::vector<BaselineRuns> chosen;
    std::vector<std::vector<std::string>> shown;
    std::vector<std::string> wanted;
    const auto want = [&](const std::vector<std::string>& runs) {
      wanted.insert(wanted.end(), runs.begin(), runs.end());
    };
    for (const RuleQuestion& asked : questions) {
      chosen.push_back(baseline_of(asked));
      shown.push_back(shown_with(asked));
      want(whole ? chosen.back().all : chosen.back().newest);
      want(chosen.back().anchor);
      want(shown.back());
    }
    std::ranges::sort(wanted);
    wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());
    const model::Selector selector = effective_selector(rule);
    BASE_ASSIGN(std::vector<evidence::HistoricValue> values, store_.history(selector, wanted));
    const HistoryIndex index(selector, std::move(values));
    for (std::size_t i = 0; i < questions.size(); ++i) {
      judges::Question& question = questions[i].question;
      question.baseline = index.values(whole ? chosen[i].all : chosen[i].newest, question.series.id);
      question.anchor = index.values(chosen[i].anchor, question.series.id);
      shown_.push_back(index.values(shown[i], question.series.id));
      if (question.on_findings && !chosen[i].newest.empty()) {
        BASE_TRY(add_baseline_findings(question, chosen[i].newest.front()));
      }
    }
    return {};
  }

  // Newest first.
  std::vector<std::string> shown_with(const RuleQuestion& asked) const {
    std::vector<std::string> ids;
    if (asked.probes.empty() || !is_relative(asked.question.rule)) return ids;
    for (const model::Run& run : candidates_) {
      if (may_be_shown(run, inputs_.run, asked.probes.front(), inputs_.plan.base_branch))
        ids.push_back(run.id);
    }
    return ids;
  }

  BaselineRuns baseline_of(const RuleQuestion& asked) const {
    if (asked.probes.empty()) return {};
    return select_baseline(inputs_.run, candidates_, asked.probes.front(), inputs_.plan.base_branch,
                           inputs_.base_commits, covering(acceptances_, asked.question.series.id));
  }

  base::Status add_baseline_findings(judges::Question& question, const std::string& run) {
    BASE_ASSIGN(const std::vector<model::Finding> earlier, store_.findings(run));
    question.baseline.push_back({run, 0.0});
    for (const model::Finding& finding : earlier) {
      if (model::selects(question.rule.selector, finding)) question.baseline_findings.push_back(finding);
    }
    return {};
  }

  void answer(const RuleQuestion& asked, std::span<const judges::BaselineValue> shown,
              const stats::NoiseShape& noise) {
    for (model::Judgement& judgement : judges::judge(asked.question, noise)) {
      if (asked.not_run) {
        judgement.status = model::Status::not_run;
        judgement.reason = model::Reason::none;
      }
      judgement.evidence.insert(judgement.evidence.begin(), inputs_.run.id);
      if (is_relative(asked.question.rule)) add_trend(asked.question, shown, judgement);
      judged_.judgements.push_back(std::move(judgement));
    }
  }

  // Bounds that this machine was calibrated to be too noisy for.
  base::Status refuse_what_is_too_fine() {
    if (!calibrations_) return {};
    for (const RuleQuestion& asked : asked_) {
      const auto* bounds = std::get_if<model::Regression>(&asked.question.rule.check);
      if (bounds == nullptr || asked.not_run || asked.probes.empty()) continue;
      const model::Run* run = calibration_of(asked.probes.front());
      if (run == nullptr) continue;
      BASE_ASSIGN(const auto noise,
                  calibrations_->noise(asked.question.rule, asked.question.series.id, *run));
      if (!noise) continue;
      const std::string series = to_string(asked.question.series.id);
      for (model::Judgement& judgement : judged_.judgements) {
        if (judgement.rule == asked.question.rule.text && judgement.series == series)
          refuse_if_too_fine(judgement, *bounds, *noise, !asked.question.base.empty());
      }
    }
    return {};
  }

  const model::Run* calibration_of(const std::string& probe) const {
    const auto planned = std::ranges::find_if(
        inputs_.probes, [&](const ProbeState& state) { return probe_id(state.record) == probe; });
    if (planned == inputs_.probes.end()) return nullptr;
    return calibrations_->find(probe, planned->record.config_digest);
  }

  // The judged number over earlier runs, oldest first, this run last. Several rules on one number make one
  // trend.
  void add_trend(const judges::Question& question, std::span<const judges::BaselineValue> shown,
                 const model::Judgement& judgement) {
    if (!judgement.value) return;
    const auto known = [&](const model::History& history) {
      return history.series == judgement.series && history.stat == judgement.stat;
    };
    if (std::ranges::any_of(judged_.histories, known)) return;
    model::History history{.rule = judgement.rule,
                           .series = judgement.series,
                           .unit = judgement.unit,
                           .points = {},
                           .stat = judgement.stat,
                           .better = question.series.better,
                           .levels = {},
                           .trend = std::nullopt};
    for (const judges::BaselineValue& earlier : shown) {
      const auto value = model::statistic(earlier.value, model::parse_stat(judgement.stat));
      if (value && std::isfinite(*value)) history.points.push_back(point(earlier.run, *value));
    }
    std::ranges::reverse(history.points);
    history.points.push_back(point(inputs_.run.id, *judgement.value));
    judged_.histories.push_back(std::move(history));
  }

  model::HistoryPoint point(const std::string& run, double value) const {
    model::HistoryPoint result{run, "", 0, value};
    const auto found = std::ranges::find(candidates_, run, &model::Run::id);
    const model::Run& source = found == candidates_.end() ? inputs_.run : *found;
    result.commit = source.commit.value_or("");
    result.started = base::to_unix_seconds(source.started);
    return result;
  }

  const JudgeInputs& inputs_;
  evidence::EvidenceStore& store_;
  std::vector<model::Finding> findings_;
  std::vector<model::Run> candidates_;
  std::vector<evidence::Acceptance> acceptances_;
  std::vector<RuleQuestion> asked_;
  std::vector<std::vector<judges::BaselineValue>> shown_;  // of each question, newest first
  std::optional<Calibrations> calibrations_;
  Judged judged_;
};

bool has_percentiles(const model::Value& value) {
  return std::holds_alternative<base::Histogram>(value) || std::holds_alternative<model::Samples>(value);
}

// Percentiles where a slice holds a distribution; of scalars and shares one number.
model::TimelinePoint timeline_point(double at, const std::vector<model::Observation>& slice) {
  model::TimelinePoint result{.at_seconds = at};
  const auto merged = model::merge(slice);
  if (!merged) return result;
  result.count =
      static_cast<std::uint64_t>(model::statistic(*merged, model::Stat{model::StatKind::count}).value_or(0));
  if (!has_percentiles(slice.front().value)) {
    result.p50 = model::statistic(*merged, std::nullopt);
    return result;
  }
  const auto percentile = [&](double p) {
    return model::statistic(*merged, model::Stat{model::StatKind::percentile, p});
  };
  result.p50 = percentile(50);
  result.p95 = percentile(95);
  result.p99 = percentile(99);
  return result;
}

bool is_over_time(const model::SeriesData& data) {
  return data.observations.size() >= 3 && data.observations.front().slice_seconds > 0 &&
         data.observations.front().subject.empty();
}

}  // namespace

base::Result<Judged> judge_run(const JudgeInputs& inputs, evidence::EvidenceStore& store) {
  return RunJudge(inputs, store).run();
}

base::Result<std::vector<model::Timeline>> timelines(const std::string& run, evidence::EvidenceStore& store) {
  BASE_ASSIGN(const std::vector<model::SeriesData> all, store.read(run, model::Selector{"**", {}, {}}));
  return timelines_of(all);
}

std::vector<model::Timeline> timelines_of(std::span<const model::SeriesData> series) {
  const model::Selector by_scenario{"**", {}, std::vector<std::string>{"scenario"}};
  std::map<model::SeriesId, std::pair<std::string, std::map<double, std::vector<model::Observation>>>> groups;
  for (const model::SeriesData& data : series) {
    if (!is_over_time(data)) continue;
    auto& [unit, slices] =
        groups[{data.series.id.name, model::group_labels(by_scenario, data.series.id.labels)}];
    // Shares are read in per cent; base::format_value tells them from other ratios by this word.
    const bool share = std::holds_alternative<model::Proportion>(data.observations.front().value);
    unit = share && data.series.unit == "ratio" ? "share" : data.series.unit;
    for (const model::Observation& observation : data.observations) {
      if (!observation.base_side) slices[std::floor(observation.slice_start)].push_back(observation);
    }
  }
  std::vector<model::Timeline> result;
  for (const auto& [id, group] : groups) {
    if (result.size() == most_timelines || group.second.empty()) continue;
    model::Timeline timeline{to_string(id), group.first, {}};
    const double start = group.second.begin()->first;
    for (const auto& [at, slice] : group.second) timeline.points.push_back(timeline_point(at - start, slice));
    result.push_back(std::move(timeline));
  }
  std::ranges::sort(result, {}, [](const model::Timeline& timeline) {
    return std::pair(!timeline.series.starts_with("load.latency"), timeline.series);
  });
  return result;
}

}  // namespace plimsoll::pipeline
