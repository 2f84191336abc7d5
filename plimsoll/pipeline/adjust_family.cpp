#include "plimsoll/pipeline/adjust_family.h"

#include "plimsoll/stats/multiple_testing.h"

namespace plimsoll::pipeline {
namespace {

using model::Judgement;
using model::Status;

// The fail bound is a ratio: above 1 where lower is better, below 1 where higher is.
bool excludes_fail_bound(const Judgement& judgement) {
  if (!judgement.bound || !judgement.effect) return false;
  const bool lower_is_better = *judgement.bound > 1;
  const std::optional<double>& end = lower_is_better ? judgement.effect->high : judgement.effect->low;
  return end && (lower_is_better ? *end < *judgement.bound : *end > *judgement.bound);
}

void lower(Judgement& judgement, std::size_t family) {
  const std::string words =
      "one of " + std::to_string(family) + " compared series: too weak to call on its own";
  judgement.explanation += " (" + words + ")";
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
  judgement.status = excludes_fail_bound(judgement) ? Status::pass : Status::inconclusive;
  judgement.reason = judgement.status == Status::pass ? model::Reason::none : model::Reason::undecided;
}

}  // namespace

Family adjust_family(std::span<model::Judgement> judgements) {
  std::vector<model::Judgement*> relative;
  std::vector<double> p_fail;
  std::vector<double> p_warn;
  for (model::Judgement& judgement : judgements) {
    if (!judgement.p_fail || !judgement.p_warn) continue;
    relative.push_back(&judgement);
    p_fail.push_back(*judgement.p_fail);
    p_warn.push_back(*judgement.p_warn);
  }
  if (relative.empty()) return {};
  const std::vector<double> holm = stats::holm(p_fail);
  const std::vector<double> bh = stats::benjamini_hochberg(p_warn);
  for (std::size_t i = 0; i < relative.size(); ++i) {
    apply(*relative[i], holm[i] <= family_fail_level, bh[i] <= family_warn_level, relative.size());
  }
  return {relative.size(), family_warn_level};
}

}  // namespace plimsoll::pipeline
