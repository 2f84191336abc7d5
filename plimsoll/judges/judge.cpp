#include "plimsoll/judges/judge.h"

#include "plimsoll/judges/change.h"
#include "plimsoll/judges/findings.h"
#include "plimsoll/judges/fresh.h"
#include "plimsoll/judges/ratchet.h"
#include "plimsoll/judges/regression.h"
#include "plimsoll/judges/slope.h"
#include "plimsoll/judges/threshold.h"
#include "plimsoll/judges/words.h"

namespace plimsoll::judges {
namespace {

model::Judgement blocked(const Question& question) {
  model::Judgement judgement = begin_judgement(question);
  const std::string detail =
      question.blocked_detail.empty() ? "its evidence cannot be used" : question.blocked_detail;
  return set_inconclusive(judgement, question.blocked, "not judged: " + detail);
}

model::Judgement nothing_measured(const Question& question) {
  model::Judgement judgement = begin_judgement(question);
  return set_inconclusive(judgement, model::Reason::missing, judgement.series + " has no observations");
}

}  // namespace

std::vector<model::Judgement> judge(const Question& question, const stats::NoiseShape& noise) {
  if (question.blocked != model::Reason::none) return {blocked(question)};
  if (question.on_findings) return {judge_findings(question)};
  if (question.head.empty()) return {nothing_measured(question)};
  const model::Check& check = question.rule.check;
  if (std::holds_alternative<model::Regression>(check)) return judge_regression(question, noise);
  if (std::holds_alternative<model::Change>(check)) return judge_change(question);
  if (std::holds_alternative<model::Ratchet>(check)) return {judge_ratchet(question)};
  if (std::holds_alternative<model::Fresh>(check)) return {judge_fresh(question)};
  const auto& stat = question.rule.stat;
  if (stat && stat->kind == model::StatKind::slope) return {judge_slope(question)};
  return {judge_threshold(question)};
}

}  // namespace plimsoll::judges
