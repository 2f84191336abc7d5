#include "plimsoll/pipeline/schedule.h"

#include <algorithm>

#include "base/text.h"
#include "base/units.h"

namespace plimsoll::pipeline {
namespace {

bool names(const std::string& word, const plan::ProbePlan& probe) {
  return word == probe.kind || word == probe.name || word == probe.kind + "/" + probe.name;
}

bool named_by(const std::vector<std::string>& words, const plan::ProbePlan& probe) {
  return std::ranges::any_of(words, [&](const std::string& word) { return names(word, probe); });
}

base::Status check_words(const plan::Plan& plan, const std::vector<std::string>& words,
                         const std::string& option) {
  for (const std::string& word : words) {
    const auto fits = [&](const plan::ProbePlan& probe) { return names(word, probe); };
    if (std::ranges::any_of(plan.probes, fits)) continue;
    std::vector<std::string> known;
    for (const plan::ProbePlan& probe : plan.probes) {
      known.push_back(probe.kind);
      known.push_back(probe.name);
    }
    const auto near = base::nearest(word, known);
    return base::fail(base::ErrorCode::invalid_argument,
                      option + " " + word + ": the plan has no probe of that kind or name",
                      near ? "did you mean \"" + *near + "\"?" : "");
  }
  return {};
}

// Why a probe is left out, before any budget; empty where it is not.
std::string left_out(const plan::ProbePlan& probe, const Choice& choice, const plan::Profile* profile) {
  if (!choice.only.empty() && !named_by(choice.only, probe)) return "--only names others";
  if (named_by(choice.skip, probe)) return "--skip";
  if (choice.profile.empty()) return "";
  if (!probe.profiles.empty() && std::ranges::find(probe.profiles, choice.profile) == probe.profiles.end()) {
    return "not in the profile " + choice.profile;
  }
  if (profile != nullptr && !profile->only.empty() && !named_by(profile->only, probe)) {
    return "not in the profile " + choice.profile;
  }
  return "";
}

// Gives the budget to the probes in the plan's order; one that no longer fits is left out, a shorter one may
// still fit.
bool spend(std::vector<ScheduledProbe>& probes, std::chrono::nanoseconds budget) {
  bool cut = false;
  std::chrono::nanoseconds spent{};
  for (ScheduledProbe& scheduled : probes) {
    if (!scheduled.selected || !scheduled.probe->during.empty()) continue;  // companions cost no time
    if (spent + scheduled.probe->expected > budget) {
      scheduled.selected = false;
      scheduled.why_not = "the budget of " +
                          base::format_seconds(std::chrono::duration<double>(budget).count()) +
                          " is spent on the probes before it";
      cut = true;
    } else {
      spent += scheduled.probe->expected;
    }
  }
  return cut;
}

std::string id(const plan::ProbePlan& probe) {
  return probe.kind + "/" + probe.name;
}

// What runs during a probe that is left out has nothing to run beside.
void leave_out_companions(std::vector<ScheduledProbe>& probes) {
  for (ScheduledProbe& companion : probes) {
    if (!companion.selected || companion.probe->during.empty()) continue;
    const auto beside = [&](const ScheduledProbe& other) {
      return other.selected && id(*other.probe) == companion.probe->during;
    };
    if (std::ranges::any_of(probes, beside)) continue;
    companion.selected = false;
    companion.why_not = companion.probe->during + ", during which it runs, is left out";
  }
}

std::chrono::nanoseconds expected_of(const std::vector<std::size_t>& group,
                                     const std::vector<ScheduledProbe>& probes) {
  std::chrono::nanoseconds longest{};
  for (const std::size_t at : group) longest = std::max(longest, probes[at].probe->expected);
  return longest;
}

}  // namespace

std::vector<std::vector<std::size_t>> groups(const Schedule& schedule) {
  std::vector<std::vector<std::size_t>> result;
  for (std::size_t at = 0; at < schedule.probes.size(); ++at) {
    const ScheduledProbe& first = schedule.probes[at];
    if (!first.selected || !first.probe->during.empty()) continue;
    result.push_back({at});
    for (std::size_t other = 0; other < schedule.probes.size(); ++other) {
      const ScheduledProbe& companion = schedule.probes[other];
      if (companion.selected && companion.probe->during == id(*first.probe)) result.back().push_back(other);
    }
  }
  return result;
}

base::Result<Schedule> schedule(const plan::Plan& plan, const Choice& choice) {
  BASE_TRY(check_words(plan, choice.only, "--only"));
  BASE_TRY(check_words(plan, choice.skip, "--skip"));
  const auto profile = plan.profiles.find(choice.profile);
  if (!choice.profile.empty() && profile == plan.profiles.end()) {
    return base::fail(base::ErrorCode::invalid_argument,
                      "--profile " + choice.profile + ": the plan has no such profile");
  }
  const plan::Profile* chosen = profile == plan.profiles.end() ? nullptr : &profile->second;
  Schedule result;
  result.partial = !choice.only.empty() || !choice.skip.empty();
  for (const plan::ProbePlan& probe : plan.probes) {
    const std::string why_not = left_out(probe, choice, chosen);
    result.probes.push_back({&probe, why_not.empty(), why_not});
  }
  const std::chrono::nanoseconds profile_budget =
      chosen == nullptr ? std::chrono::nanoseconds{} : chosen->budget;
  const std::chrono::nanoseconds budget = choice.budget.count() > 0 ? choice.budget : profile_budget;
  if (budget.count() > 0 && spend(result.probes, budget)) result.partial = true;
  leave_out_companions(result.probes);
  for (const auto& group : groups(result)) result.expected += expected_of(group, result.probes);
  return result;
}

}  // namespace plimsoll::pipeline
