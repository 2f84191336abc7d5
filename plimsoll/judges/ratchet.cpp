#include "plimsoll/judges/ratchet.h"

#include <cmath>

#include "base/units.h"
#include "plimsoll/judges/words.h"
#include "plimsoll/model/statistic.h"

namespace plimsoll::judges {

model::Judgement judge_ratchet(const Question& question) {
  model::Judgement judgement = begin_judgement(question);
  judgement.test = "exact";
  judgement.unit = model::statistic_unit(question.series.unit, question.rule.stat);
  const auto value = model::statistic(*model::merge(question.head), question.rule.stat);
  const std::string name = subject_of(judgement, question.rule.stat);
  if (!value || std::isnan(*value)) {
    return set_inconclusive(judgement, model::Reason::not_finite, name + " is not a number");
  }
  judgement.value = *value;
  judgement.n = question.head.size();
  judgement.n_base = question.baseline.empty() ? 0 : 1;
  const std::string is = name + " is " + base::format_value(*value, judgement.unit);
  const auto before = question.baseline.empty()
                          ? std::nullopt
                          : model::statistic(question.baseline.front().value, question.rule.stat);
  if (!before) {
    judgement.status = model::Status::learning;
    judgement.explanation = is + "; no earlier run to compare with";
    return judgement;
  }
  judgement.bound = *before;
  judgement.effect =
      model::Effect{model::EffectKind::difference, *value - *before, *value - *before, *value - *before};
  const bool worse = question.series.better == model::Better::higher ? *value < *before : *value > *before;
  judgement.status = worse ? violated(question.rule) : model::Status::pass;
  judgement.explanation = is + ", it was " + base::format_value(*before, judgement.unit);
  return judgement;
}

}  // namespace plimsoll::judges
