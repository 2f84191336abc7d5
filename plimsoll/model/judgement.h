// What a rule came to on this run's evidence, with enough to recompute it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/model/status.h"

namespace plimsoll::model {

enum class EffectKind { ratio, difference };

// How far head is from base (ratio head / base, difference head − base), or for a threshold the value itself
// with its interval: then kind is difference from 0 and estimate the value.
struct Effect {
  EffectKind kind = EffectKind::ratio;
  std::optional<double> estimate;
  std::optional<double> low;  // nullopt: unbounded or unknown
  std::optional<double> high;
  double confidence = 0.95;
  bool operator==(const Effect&) const = default;
};

// The relative judgements of a verdict are two families, each with an error rate of its own
// (plimsoll/pipeline/adjust_family.h): what was compared, and what drifted.
enum class ErrorFamily { comparison, drift };

// Numbers that do not exist are nullopt, and null in JSON.
struct Judgement {
  std::string rule;    // the rule's text
  std::string series;  // to_string of the series or of its group; a finding rule's selector
  std::string stat;    // "p95"; empty where the rule and its judge name none
  std::string unit;    // of value, bound and a difference
  Status status = Status::inconclusive;
  Reason reason = Reason::none;
  std::optional<double> value;  // the statistic on this run
  std::optional<Effect> effect;
  std::optional<double> bound;
  std::uint64_t n = 0;                      // sample size of the head
  std::uint64_t n_base = 0;                 // of the base: runs, or blocks
  std::string test;                         // "clopper-pearson", "t-prediction-interval", …
  std::optional<double> false_alarm_rate;   // P(warn or fail | nothing changed)
  std::optional<double> detectable_effect;  // at 80 % power, in the effect's unit
  std::string explanation;                  // one plain sentence
  std::vector<std::string> evidence;        // run ids it was drawn from, newest first
  std::string inputs_digest;                // of the evidence it read

  // For the family adjustment of relative judgements; nullopt for absolute ones.
  std::optional<double> p_fail;  // of "no worse than the fail bound"
  std::optional<double> p_warn;  // of "no worse than the warn bound"
  ErrorFamily family = ErrorFamily::comparison;
  std::string level = "fail";  // what a violation means: fail | warn
  std::string because, owner;

  bool operator==(const Judgement&) const = default;
};

// {"kind","estimate","interval","confidence"}; null for none.
nlohmann::json to_json(const std::optional<Effect>& effect);
base::Result<std::optional<Effect>> effect_from_json(const nlohmann::json& json);

// The object of INTERFACES.md.
nlohmann::json to_json(const Judgement& judgement);
base::Result<Judgement> judgement_from_json(const nlohmann::json& json);

}  // namespace plimsoll::model
