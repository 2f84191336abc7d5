#include "plimsoll/model/judgement.h"

#include "base/json.h"
#include "plimsoll/model/json_fields.h"

namespace plimsoll::model {
namespace {

using base::Json;

constexpr std::string_view kRatio = "ratio";
constexpr std::string_view kDifference = "difference";
constexpr std::string_view kComparison = "comparison";
constexpr std::string_view kDrift = "drift";

base::Status read_sample(const Json& json, Judgement& judgement) {
  const Json* sample = base::find(json, "sample");
  if (sample == nullptr) return {};
  BASE_ASSIGN(judgement.n, unsigned_or(*sample, "n", 0));
  BASE_ASSIGN(judgement.n_base, unsigned_or(*sample, "n_base", 0));
  return {};
}

base::Status read_words(const Json& json, Judgement& judgement) {
  BASE_ASSIGN(judgement.rule, base::get_string(json, "rule"));
  BASE_ASSIGN(judgement.series, base::get_string(json, "series"));
  BASE_ASSIGN(judgement.stat, string_or(json, "stat", {}));
  BASE_ASSIGN(judgement.unit, string_or(json, "unit", {}));
  BASE_ASSIGN(const std::string status, base::get_string(json, "status"));
  BASE_ASSIGN(judgement.status, parse_status(status));
  BASE_ASSIGN(const std::string reason, string_or(json, "reason", {}));
  BASE_ASSIGN(judgement.reason, parse_reason(reason));
  BASE_ASSIGN(judgement.test, string_or(json, "test", {}));
  BASE_ASSIGN(judgement.explanation, string_or(json, "explanation", {}));
  BASE_ASSIGN(judgement.evidence, strings_or_none(json, "evidence"));
  BASE_ASSIGN(judgement.inputs_digest, string_or(json, "inputs_digest", {}));
  BASE_ASSIGN(judgement.level, string_or(json, "level", "fail"));
  BASE_ASSIGN(const std::string family, string_or(json, "family", std::string(kComparison)));
  judgement.family = family == kDrift ? ErrorFamily::drift : ErrorFamily::comparison;
  BASE_ASSIGN(judgement.because, string_or(json, "because", {}));
  BASE_ASSIGN(judgement.owner, string_or(json, "owner", {}));
  return {};
}

}  // namespace

Json to_json(const std::optional<Effect>& effect) {
  if (!effect) return nullptr;
  return {{"kind", effect->kind == EffectKind::ratio ? kRatio : kDifference},
          {"estimate", base::number_or_null(effect->estimate)},
          {"interval", Json::array({base::number_or_null(effect->low), base::number_or_null(effect->high)})},
          {"confidence", base::number_or_null(effect->confidence)}};
}

base::Result<std::optional<Effect>> effect_from_json(const Json& json) {
  if (json.is_null()) return std::optional<Effect>();
  Effect effect;
  BASE_ASSIGN(const std::string kind, base::get_string(json, "kind"));
  if (kind != kRatio && kind != kDifference) {
    return base::fail(base::ErrorCode::corrupt,
                      "kind: expected ratio or difference, found \"" + kind.substr(0, 60) + "\"");
  }
  effect.kind = kind == kRatio ? EffectKind::ratio : EffectKind::difference;
  BASE_ASSIGN(effect.estimate, optional_number(json, "estimate"));
  BASE_ASSIGN(effect.confidence, number_or(json, "confidence", 0.95));
  const Json* interval = base::find(json, "interval");
  if (interval == nullptr || !interval->is_array() || interval->size() != 2) {
    return base::fail(base::ErrorCode::corrupt, "interval: expected a list of two numbers");
  }
  const Json ends = {{"low", (*interval)[0]}, {"high", (*interval)[1]}};
  BASE_ASSIGN(effect.low, optional_number(ends, "low"));
  BASE_ASSIGN(effect.high, optional_number(ends, "high"));
  return std::optional(effect);
}

Json to_json(const Judgement& judgement) {
  const std::string_view reason = to_string(judgement.reason);
  return {{"rule", judgement.rule},
          {"series", judgement.series},
          {"stat", judgement.stat.empty() ? Json() : Json(judgement.stat)},
          {"unit", judgement.unit},
          {"status", to_string(judgement.status)},
          {"value", base::number_or_null(judgement.value)},
          {"effect", to_json(judgement.effect)},
          {"bound", base::number_or_null(judgement.bound)},
          {"sample", {{"n", judgement.n}, {"n_base", judgement.n_base}}},
          {"reason", reason.empty() ? Json() : Json(reason)},
          {"test", judgement.test},
          {"false_alarm_rate", base::number_or_null(judgement.false_alarm_rate)},
          {"detectable_effect", base::number_or_null(judgement.detectable_effect)},
          {"explanation", judgement.explanation},
          {"evidence", judgement.evidence},
          {"inputs_digest", judgement.inputs_digest},
          {"p_fail", base::number_or_null(judgement.p_fail)},
          {"p_warn", base::number_or_null(judgement.p_warn)},
          {"family", judgement.family == ErrorFamily::drift ? kDrift : kComparison},
          {"level", judgement.level},
          {"because", judgement.because},
          {"owner", judgement.owner}};
}

base::Result<Judgement> judgement_from_json(const Json& json) {
  BASE_TRY(expect_object(json, "judgement"));
  Judgement judgement;
  BASE_TRY(read_words(json, judgement));
  BASE_TRY(read_sample(json, judgement));
  BASE_ASSIGN(judgement.value, optional_number(json, "value"));
  if (const Json* effect = base::find(json, "effect"); effect != nullptr) {
    BASE_ASSIGN(judgement.effect, effect_from_json(*effect));
  }
  BASE_ASSIGN(judgement.bound, optional_number(json, "bound"));
  BASE_ASSIGN(judgement.false_alarm_rate, optional_number(json, "false_alarm_rate"));
  BASE_ASSIGN(judgement.detectable_effect, optional_number(json, "detectable_effect"));
  BASE_ASSIGN(judgement.p_fail, optional_number(json, "p_fail"));
  BASE_ASSIGN(judgement.p_warn, optional_number(json, "p_warn"));
  return judgement;
}

}  // namespace plimsoll::model
