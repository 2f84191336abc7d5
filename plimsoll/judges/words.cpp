#include "plimsoll/judges/words.h"

#include <ranges>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/json.h"
#include "plimsoll/model/statistic.h"

namespace plimsoll::judges {
namespace {

// Newest first. What a judgement cites the store keeps, and every copy of the verdict names: of the hundreds
// of runs that `change` looks back on that would be all there are.
constexpr std::size_t most_cited = 20;

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

// Of a ratio that counts k of n, or whose bound was written in per cent, people read per cent; of any other
// (a mean reciprocal rank) the number.
std::string unit_of(const Question& question) {
  const std::string& unit = question.series.unit;
  if (unit != "ratio") return unit;
  const bool counted =
      !question.head.empty() && std::holds_alternative<model::Proportion>(question.head.front().value);
  const auto* bound = std::get_if<model::Threshold>(&question.rule.check);
  const bool per_cent = bound != nullptr && bound->bound.dimension == base::Dimension::share;
  return counted || per_cent ? "share" : unit;
}

}  // namespace

model::Judgement begin_judgement(const Question& question) {
  model::Judgement judgement;
  judgement.rule = question.rule.text;
  judgement.series = to_string(question.series.id);
  judgement.unit = unit_of(question);
  judgement.level = question.rule.level == model::Level::warn ? "warn" : "fail";
  judgement.because = question.rule.because;
  judgement.owner = question.rule.owner;
  judgement.inputs_digest = digest(question);
  for (const BaselineValue& earlier : question.baseline | std::views::take(most_cited))
    judgement.evidence.push_back(earlier.run);
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
