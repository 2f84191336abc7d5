#include "plimsoll/cli/load_limit.h"

#include <iostream>

#include <fmt/format.h>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/cli/load_rules.h"
#include "plimsoll/pipeline/expand_rules.h"
#include "plimsoll/traffic/engine/engine.h"
#include "plimsoll/traffic/find_limit.h"
#include "plimsoll/traffic/slice_keeper.h"

namespace plimsoll::cli {
namespace {

using namespace std::chrono_literals;
using traffic::StepOutcome;

constexpr base::Nanoseconds usual_step = 5s;
constexpr double usual_start = 100;
constexpr double precision = 0.05;
constexpr double least_requests = 10;      // of a step on the way down; fewer say nothing
constexpr double keeps_up = 0.9;           // of the due requests are answered each second
constexpr int tries_of_the_generator = 3;  // a busy moment of the machine is not its limit

std::string rate_text(double rate) {
  return fmt::format("{:.4g}/s", rate);
}

// One step: its outcome, why, and figures for the record.
struct Step {
  double rate = 0;
  StepOutcome outcome = StepOutcome::held;
  std::string broke_by;  // a rule, "rate", or empty
  double achieved = 0;
  double p95 = 0;
  double error_share = 0;
};

bool holds_by_value(const model::Judgement& judgement, const model::Rule& rule) {
  const auto* threshold = std::get_if<model::Threshold>(&rule.check);
  if (threshold == nullptr || !judgement.value || !judgement.bound) return false;
  const bool below = threshold->comparison == model::Comparison::less ||
                     threshold->comparison == model::Comparison::less_equal;
  return below ? *judgement.value <= *judgement.bound : *judgement.value >= *judgement.bound;
}

// The rule that the step violates; empty where it holds all.
std::string violated_rule(std::span<const model::Rule> rules, const LoadEvidence& evidence,
                          std::span<const model::SeriesData> series) {
  for (const model::Rule& rule : rules) {
    for (const model::Judgement& judgement : judge_load(std::span(&rule, 1), series, record_of(evidence))) {
      const bool undecided = judgement.status == model::Status::inconclusive;
      const bool holds =
          undecided ? holds_by_value(judgement, rule) : judgement.status == model::Status::pass;
      if (!holds) return rule.text;
    }
  }
  return {};
}

class LimitFinder {
 public:
  LimitFinder(const LoadArguments& arguments, traffic::LoadPlan plan, std::vector<model::Rule> rules,
              std::string scenario)
      : arguments_(arguments),
        plan_(std::move(plan)),
        rules_(std::move(rules)),
        scenario_(std::move(scenario)),
        step_length_(arguments.duration.empty() ? usual_step : plan_.shape.duration.value_or(usual_step)),
        search_(options_of(arguments.rate.value_or(usual_start), step_length_)) {
    traffic::LoadShape& shape = plan_.shape;
    shape.duration = step_length_;
    shape.rate_stages.clear();
    shape.users.reset();
    shape.user_stages.clear();
    shape.requests.reset();
    shape.think_time = {};
    shape.timeout = std::min(shape.timeout, std::max<base::Nanoseconds>(1s, *shape.duration));
    add_edges(rules_, plan_);
  }

  base::Status run() {
    while (const auto rate = search_.next()) {
      BASE_ASSIGN(const Step step, measure(*rate));
      if (base::interrupts::raised() != 0)
        return base::fail(base::ErrorCode::cancelled, "the search was interrupted");
      steps_.push_back(step);
      search_.report(step.outcome);
      say(step);
    }
    return {};
  }

  const traffic::Limit& limit() const { return search_.result(); }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  static traffic::LimitOptions options_of(double start, base::Nanoseconds step) {
    const double least = least_requests / std::chrono::duration<double>(step).count();
    return {.start = start, .growth = 2, .least = std::min(start, least), .precision = precision};
  }

  base::Result<Step> measure(double rate) {
    for (int attempt = 1;; ++attempt) {
      BASE_ASSIGN(const Step step, measure_once(rate));
      const bool again = step.outcome == StepOutcome::generator && attempt < tries_of_the_generator;
      if (!again || base::interrupts::raised() != 0) return step;
    }
  }

  base::Result<Step> measure_once(double rate) {
    plan_.shape.rate = rate;
    traffic::SliceKeeper slices;
    traffic::LoadEvents events;
    events.stop = [] { return base::interrupts::raised() != 0; };
    events.on_slice = [&](const traffic::LoadSlice& slice) { slices.add(slice); };
    BASE_ASSIGN(const traffic::LoadResult result, traffic::run_load(plan_, events));
    const std::vector<traffic::LoadSlice> kept = slices.take();
    const LoadEvidence evidence{.plan = plan_,
                                .result = result,
                                .slices = kept,
                                .scenario = scenario_,
                                .named_series = pipeline::named_series(rules_)};
    BASE_ASSIGN(const auto series, series_of(evidence));
    return step_of(rate, result, violated_rule(rules_, evidence, series));
  }

  static Step step_of(double rate, const traffic::LoadResult& result, std::string broke_by) {
    Step step{.rate = rate, .achieved = result.achieved_rate};
    step.p95 = result.all.latency.percentile(95);
    const auto requests = static_cast<double>(result.all.requests);
    step.error_share = requests > 0 ? static_cast<double>(traffic::total(result.all.errors)) / requests : 0;
    if (broke_by.empty() && result.achieved_rate < keeps_up * rate) broke_by = "rate";
    if (result.unreachable) {
      step.outcome = StepOutcome::gone;
    } else if (result.generator.saturated) {
      step.outcome = StepOutcome::generator;
    } else if (!broke_by.empty()) {
      step.outcome = StepOutcome::broke;
      step.broke_by = std::move(broke_by);
    }
    return step;
  }

  void say(const Step& step) const {
    if (arguments_.common.quiet) return;
    std::string text = fmt::format("· {}: ", rate_text(step.rate));
    if (step.outcome == StepOutcome::held) text += "holds";
    if (step.outcome == StepOutcome::broke) text += "breaks (" + step.broke_by + ")";
    if (step.outcome == StepOutcome::generator) text += "the generator itself fell behind";
    if (step.outcome == StepOutcome::gone) text += "nobody answers";
    std::cerr << text
              << fmt::format(", p95 {}, {} errors", base::format_seconds(step.p95),
                             base::format_share(step.error_share))
              << std::endl;
  }

  const LoadArguments& arguments_;
  traffic::LoadPlan plan_;
  std::vector<model::Rule> rules_;
  std::string scenario_;
  base::Nanoseconds step_length_;
  traffic::LimitSearch search_;
  std::vector<Step> steps_;
};

// What broke where the service broke first: of the lowest rate that did.
std::string broke_by(const LimitFinder& finder) {
  const Step* lowest = nullptr;
  for (const Step& step : finder.steps()) {
    if (step.outcome == StepOutcome::broke && (lowest == nullptr || step.rate <= lowest->rate))
      lowest = &step;
  }
  return lowest == nullptr ? "" : lowest->broke_by;
}

std::string_view limited_by(const traffic::Limit& limit) {
  if (limit.generator_limited) return "generator";
  if (limit.service_gone) return "unreachable";
  if (limit.reached_most) return "maximum";
  return "service";
}

std::string summary(const LimitFinder& finder) {
  const traffic::Limit& limit = finder.limit();
  if (const auto knee = limit.knee(); knee && limited_by(limit) == "service") {
    return fmt::format("It bears {}: {} held and {} broke ({}).\n", rate_text(*knee), rate_text(*limit.holds),
                       rate_text(*limit.breaks), base::printable(broke_by(finder)));
  }
  const std::string held = limit.holds ? rate_text(*limit.holds) + " held" : "no rate held";
  if (limit.generator_limited)
    return held +
           ", and then the load generator itself was the limit: a quieter or larger machine is needed\n";
  if (limit.service_gone) return held + ", and then nobody answered\n";
  if (limit.reached_most) return held + ", which is the highest rate that is tried\n";
  return fmt::format("{}: it breaks at {} already ({})\n", held, rate_text(limit.breaks.value_or(0)),
                     base::printable(broke_by(finder)));
}

base::OrderedJson document(const LimitFinder& finder, bool found) {
  constexpr std::string_view names[] = {"held", "broke", "generator", "unreachable"};
  const traffic::Limit& limit = finder.limit();
  base::OrderedJson json = {
      {"plimsoll", "load.find_limit"}, {"version", 1}, {"status", found ? "pass" : "inconclusive"}};
  json["limit"] = {{"rate_per_second", base::number_or_null(limit.knee())},
                   {"interval", {base::number_or_null(limit.holds), base::number_or_null(limit.breaks)}}};
  json["limited_by"] = limited_by(limit);
  const std::string rule = broke_by(finder);
  json["broke_by"] = rule.empty() ? base::OrderedJson(nullptr) : base::OrderedJson(rule);
  json["steps"] = base::OrderedJson::array();
  for (const Step& step : finder.steps()) {
    json["steps"].push_back(
        {{"rate_per_second", step.rate},
         {"outcome", names[static_cast<std::size_t>(step.outcome)]},
         {"broke_by", step.broke_by.empty() ? base::OrderedJson(nullptr) : base::OrderedJson(step.broke_by)},
         {"achieved_per_second", step.achieved},
         {"p95_seconds", base::number_or_null(step.p95)},
         {"error_share", step.error_share}});
  }
  return json;
}

}  // namespace

base::Result<int> find_limit(const LoadArguments& arguments, const traffic::LoadPlan& plan,
                             std::vector<model::Rule> rules, const std::string& scenario) {
  if (rules.empty()) {
    const std::vector<std::string> usual = {"load.latency p95 < 200ms", "load.errors < 1%"};
    BASE_ASSIGN(rules, read_load_rules(usual, scenario));
  }
  LimitFinder finder(arguments, plan, std::move(rules), scenario);
  BASE_TRY(finder.run());
  const bool found = finder.limit().knee().has_value() && limited_by(finder.limit()) == "service";
  if (arguments.common.json) {
    print_json(document(finder, found));
  } else {
    std::cout << summary(finder);
  }
  return found ? exit_pass : exit_inconclusive;
}

}  // namespace plimsoll::cli
