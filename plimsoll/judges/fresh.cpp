#include "plimsoll/judges/fresh.h"

#include <algorithm>

#include "base/units.h"
#include "plimsoll/judges/words.h"

namespace plimsoll::judges {

model::Judgement judge_fresh(const Question& question) {
  model::Judgement judgement = begin_judgement(question);
  judgement.test = "exact";
  judgement.unit = "seconds";
  judgement.n = question.head.size();
  if (!question.now)
    return set_inconclusive(judgement, model::Reason::missing, "nobody said what time it is");
  double newest = 0;
  for (const model::Observation& observation : question.head) {
    newest = std::max(newest, observation.slice_start + observation.slice_seconds);
  }
  const double within = std::get<model::Fresh>(question.rule.check).within_seconds;
  const double age = std::max(0.0, base::to_unix_seconds(*question.now) - newest);
  judgement.value = age;
  judgement.bound = within;
  const std::string is = judgement.series + " was last measured " + base::format_seconds(age) + " ago";
  if (age > within) {
    return set_inconclusive(judgement, model::Reason::stale,
                            is + ", more than " + base::format_seconds(within));
  }
  judgement.status = model::Status::pass;
  judgement.explanation = is;
  return judgement;
}

}  // namespace plimsoll::judges
