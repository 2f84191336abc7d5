#include "plimsoll/judges/findings.h"

#include <algorithm>
#include <set>

#include "plimsoll/judges/words.h"

namespace plimsoll::judges {
namespace {

using model::Finding;

std::vector<const Finding*> unsuppressed(std::span<const Finding> findings) {
  std::vector<const Finding*> result;
  for (const Finding& finding : findings) {
    if (!finding.suppressed) result.push_back(&finding);
  }
  return result;
}

std::string place_of(const Finding& finding) {
  if (finding.file.empty()) return "";
  return " in " + finding.file + (finding.line > 0 ? ":" + std::to_string(finding.line) : "");
}

std::string sentence(std::span<const Finding* const> findings, const std::string& what) {
  if (findings.empty()) return "no " + what;
  std::string text = std::to_string(findings.size()) + " " + what + ": " + findings.front()->rule +
                     place_of(*findings.front());
  if (findings.size() > 1) text += " and others";
  return text;
}

bool count_holds(double count, const model::Threshold& threshold) {
  switch (threshold.comparison) {
    case model::Comparison::less:
      return count < threshold.bound.value;
    case model::Comparison::less_equal:
      return count <= threshold.bound.value;
    case model::Comparison::greater:
      return count > threshold.bound.value;
    case model::Comparison::greater_equal:
      return count >= threshold.bound.value;
    case model::Comparison::equal:
      return count == threshold.bound.value;
  }
  return false;
}

model::Judgement judge_new_ones(model::Judgement judgement, const Question& question,
                                std::span<const Finding* const> now) {
  if (question.baseline.empty()) {
    judgement.status = model::Status::learning;
    judgement.explanation = sentence(now, "findings") + "; no earlier run to compare with";
    return judgement;
  }
  std::set<std::string> known;
  for (const Finding& finding : question.baseline_findings) known.insert(finding.fingerprint);
  std::vector<const Finding*> added;
  std::ranges::copy_if(now, std::back_inserter(added),
                       [&](const Finding* f) { return !known.contains(f->fingerprint); });
  judgement.value = static_cast<double>(added.size());
  judgement.bound = 0;
  judgement.n_base = 1;
  judgement.status = added.empty() ? model::Status::pass : violated(question.rule);
  judgement.explanation = sentence(added, "new findings");
  return judgement;
}

}  // namespace

model::Judgement judge_findings(const Question& question) {
  model::Judgement judgement = begin_judgement(question);
  const std::vector<const Finding*> findings = unsuppressed(question.findings);
  const auto count = static_cast<double>(findings.size());
  judgement.test = "exact";
  judgement.unit = "count";
  judgement.n = question.findings.size();
  judgement.value = count;
  if (std::holds_alternative<model::Ratchet>(question.rule.check))
    return judge_new_ones(judgement, question, findings);
  const auto* threshold = std::get_if<model::Threshold>(&question.rule.check);
  judgement.bound = threshold ? threshold->bound.value : 0;
  const bool good = threshold ? count_holds(count, *threshold) : findings.empty();
  judgement.status = good ? model::Status::pass : violated(question.rule);
  judgement.explanation = sentence(findings, question.rule.selector.name);
  return judgement;
}

}  // namespace plimsoll::judges
