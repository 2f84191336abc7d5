// A map of the plan against its table of fields.
#pragma once

#include <span>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/yaml.h"
#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/plan/scalars.h"

namespace plimsoll::plan {

// The map as a JSON object, defaults filled in. Errors stand at the wrong value, at the key that is unknown,
// or at the map where a key is missing; `what` names the map in them ("a load probe").
base::Result<nlohmann::json> read_fields(const base::yaml::Node& map, std::span<const Field> fields,
                                         std::string_view what, const FieldContext& context);

// Only the keys: each must be one of the fields'.
base::Status check_keys(const base::yaml::Node& map, std::span<const Field> fields, std::string_view what);

// "did you mean rate?", or "there are a, b, c" where nothing is near.
std::string key_hint(std::string_view word, std::span<const std::string> known);

}  // namespace plimsoll::plan
