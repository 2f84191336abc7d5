#include "plimsoll/pipeline/adjust_family.h"

#include <string>

#include "plimsoll/stats/multiple_testing.h"

namespace plimsoll::pipeline {
namespace {

using model::ErrorFamily;
using model::Judgement;
using model::Status;

// The fail bound is a ratio: above 1 where lower is better, below 1 where higher is.
bool excludes_fail_bound(const Judgement& judgement) {
  if (!judgement.bound || !judgement.effect) return false;
  const bool lower_is_better = *judgement.bound > 1;
  const std::optional<double>& end = lower_is_better ? judgement.effect->high : judgement.effect->low;
  return end && (lower_is_better ? *end < *judgement.bound : *end > *judgement.bound);
}

// A change for the better has nothing to exclude. Where neither way is better the bound lies on the effect's
// own side.
bool is_for_the_better(const Judgement& judgement) {
  if (!judgement.bound || !judgement.effect || !judgement.effect->estimate) return false;
  return (*judgement.bound > 1) != (*judgement.effect->estimate > 1);
}

std::string too_weak(const Judgement& judgement, std::size_t family) {
  if (judgement.family == ErrorFamily::drift)
    return "not confirmed by enough runs yet: the next ones confirm or clear it";
  return "one of " + std::to_string(family) + " compared series: too weak to call on its own";
}

void lower(Judgement& judgement, std::size_t family) {
  judgement.explanation += " (" + too_weak(judgement, family) + ")";
}

// What is left of an alarm that does not hold. Drift that is not confirmed stays under watch.
Status without_alarm(const Judgement& judgement) {
  if (judgement.family == ErrorFamily::drift)
    return is_for_the_better(judgement) ? Status::pass : Status::learning;
  return excludes_fail_bound(judgement) ? Status::pass : Status::inconclusive;
}

void apply(Judgement& judgement, bool fail_holds, bool warn_holds, std::size_t family) {
  if (judgement.status == Status::fail && fail_holds) return;
  if (judgement.status != Status::fail && judgement.status != Status::warn) return;
  if (warn_holds) {
    if (judgement.status == Status::fail) lower(judgement, family);
    judgement.status = Status::warn;
    return;
  }
  lower(judgement, family);
  judgement.status = without_alarm(judgement);
  judgement.reason =
      judgement.status == Status::inconclusive ? model::Reason::undecided : model::Reason::none;
}

void adjust(std::span<Judgement* const> family, double share) {
  std::vector<double> p_fail;
  std::vector<double> p_warn;
  for (const Judgement* judgement : family) {
    p_fail.push_back(*judgement->p_fail);
    p_warn.push_back(*judgement->p_warn);
  }
  const std::vector<double> holm = stats::holm(p_fail);
  const std::vector<double> bh = stats::benjamini_hochberg(p_warn);
  for (std::size_t i = 0; i < family.size(); ++i) {
    apply(*family[i], holm[i] <= share * family_fail_level, bh[i] <= share * family_warn_level,
          family.size());
  }
}

}  // namespace

Family adjust_family(std::span<Judgement> judgements) {
  std::vector<Judgement*> compared;
  std::vector<Judgement*> drifted;
  for (Judgement& judgement : judgements) {
    if (!judgement.p_fail || !judgement.p_warn) continue;
    (judgement.family == ErrorFamily::drift ? drifted : compared).push_back(&judgement);
  }
  if (compared.empty() && drifted.empty()) return {};
  adjust(compared, drifted.empty() ? 1 : 1 - drift_share);
  adjust(drifted, drift_share);
  return {compared.size() + drifted.size(), family_warn_level};
}

}  // namespace plimsoll::pipeline
