#include "plimsoll/judges/counted.h"

#include <cmath>

#include "base/units.h"
#include "plimsoll/judges/log_ratio.h"
#include "plimsoll/judges/words.h"
#include "plimsoll/model/statistic.h"

namespace plimsoll::judges {
namespace {

using model::Judgement;
using model::Reason;
using model::StatKind;

struct Counts {
  double value = 0;  // by the rule's stat
  double least = 0, most = 0;
};

std::optional<Counts> counts_of(const model::Value& value, const std::optional<model::Stat>& stat) {
  const auto number = model::statistic(value, stat);
  const auto least = model::statistic(value, model::Stat{StatKind::min});
  const auto most = model::statistic(value, model::Stat{StatKind::max});
  if (!number || !least || !most || !(*least > 0) || !std::isfinite(*most)) return std::nullopt;
  return Counts{*number, *least, *most};
}

struct Reference {
  Counts counts;
  std::string name;
};

std::vector<Reference> references(const Question& question) {
  std::vector<Reference> found;
  const auto add = [&](const model::Value& value, const std::string& name) {
    if (const auto counts = counts_of(value, question.rule.stat)) found.push_back({*counts, name});
  };
  if (const auto base = model::merge(question.base)) {
    add(*base, "the base");
    return found;
  }
  if (question.baseline.empty()) return found;
  add(question.baseline.front().value, "run " + question.baseline.front().run);
  const BaselineValue& oldest = question.anchor.empty() ? question.baseline.back() : question.anchor.back();
  if (oldest.run != question.baseline.front().run) add(oldest.value, "run " + oldest.run);
  return found;
}

stats::Interval log_interval(const Counts& head, const Counts& base) {
  return {std::log(head.least / base.most), std::log(head.most / base.least)};
}

}  // namespace

bool is_counted(const model::Series& series) {
  return series.unit == "instructions";
}

Judgement judge_counted(const Question& question) {
  Judgement judgement = begin_judgement(question);
  if (question.rule.stat) judgement.stat = model::to_string(*question.rule.stat);
  const std::string name = subject_of(judgement, question.rule.stat);
  const auto merged = model::merge(question.head);
  const auto head = merged ? counts_of(*merged, question.rule.stat) : std::nullopt;
  if (!head) return set_inconclusive(judgement, Reason::not_finite, name + " is not above 0");
  judgement.value = head->value;
  judgement.n = question.head.size();
  const std::vector<Reference> known = references(question);
  if (known.empty()) {
    judgement.status = model::Status::learning;
    judgement.explanation = name + " is " + base::format_value(head->value, judgement.unit) +
                            "; no comparable run is known, so it is learning";
    return judgement;
  }
  const Reference* worst = &known.front();
  for (const Reference& reference : known) {
    if (reference.counts.value < worst->counts.value) worst = &reference;
  }
  judgement.n_base = question.base.empty() ? 1 : question.base.size();
  judgement.test = "counts";
  judgement.false_alarm_rate = 0.0;
  judgement.detectable_effect = 1 + bounds_of(question.rule).fail;
  const double estimate = std::log(head->value / worst->counts.value);
  const stats::Interval interval = log_interval(*head, worst->counts);
  judge_log_ratio(judgement, question, estimate, interval);
  judgement.explanation = ratio_sentence(judgement, name, estimate, interval, worst->name);
  return judgement;
}

}  // namespace plimsoll::judges
