// As much of a JSON Schema validator as our own schema needs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace plimsoll::plan {

// "" where `value` is valid, else the path of the first thing that is not. A keyword that the checker does
// not know is reported too, so that nothing in the schema goes unchecked.
std::string schema_violation(const nlohmann::json& value, const nlohmann::json& schema,
                             const nlohmann::json& root, const std::string& path = "");

}  // namespace plimsoll::plan
