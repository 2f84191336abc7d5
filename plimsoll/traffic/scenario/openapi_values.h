// Values that a JSON Schema of an OpenAPI document allows, for requests made from it.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace plimsoll::traffic {

// An example where the schema (or what holds it, a parameter or media type) has one; else a value of its
// type, with generated values (written_scenario.h: `generated`) for identifiers, times and numbers. null
// where nothing is known.
nlohmann::json example_of(const nlohmann::json& document, const nlohmann::json& holder);
nlohmann::json value_of_schema(const nlohmann::json& document, const nlohmann::json& schema);

}  // namespace plimsoll::traffic
