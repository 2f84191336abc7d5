#include "plimsoll/judges/words.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/json.h"
#include "plimsoll/model/statistic.h"

namespace plimsoll::judges {
namespace {

void digest_value(std::string& text, const model::Value& value) {
  text += base::dump(model::to_json(model::Observation{.value = value}));
}

// Over what the judgement read: the same inputs give the same digest, whatever the store.
std::string digest(const Question& question) {
  std::string text = to_string(question.series.id);
  for (const auto* side : {&question.head, &question.base}) {
    if (const auto merged = model::merge(*side)) digest_value(text, *merged);
    text += '|';
  }
  for (const BaselineValue& earlier : question.baseline) {
    text += earlier.run;
    digest_value(text, earlier.value);
  }
  for (const model::Finding& finding : question.findings) text += finding.fingerprint;
  return base::hex64(base::xxh3_64(text));
}

}  // namespace

model::Judgement begin_judgement(const Question& question) {
  model::Judgement judgement;
  judgement.rule = question.rule.text;
  judgement.series = to_string(question.series.id);
  judgement.unit = question.series.unit;
  judgement.level = question.rule.level == model::Level::warn ? "warn" : "fail";
  judgement.because = question.rule.because;
  judgement.owner = question.rule.owner;
  judgement.inputs_digest = digest(question);
  for (const BaselineValue& earlier : question.baseline) judgement.evidence.push_back(earlier.run);
  return judgement;
}

model::Status violated(const model::Rule& rule) {
  return rule.level == model::Level::warn ? model::Status::warn : model::Status::fail;
}

model::Judgement& set_inconclusive(model::Judgement& judgement, model::Reason reason,
                                   std::string explanation) {
  judgement.status = model::Status::inconclusive;
  judgement.reason = reason;
  judgement.explanation = std::move(explanation);
  return judgement;
}

std::string subject_of(const model::Judgement& judgement, const std::optional<model::Stat>& stat) {
  return stat ? model::to_string(*stat) + " of " + judgement.series : judgement.series;
}

}  // namespace plimsoll::judges
