// References within one JSON document, as OpenAPI and JSON Schema have them.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/yaml.h"

namespace base {

// A YAML document as JSON: unquoted true, false, null and numbers keep their type.
Json to_json(const yaml::Node& node);

// {"$ref": "#/components/parameters/X"} stands for another place of the document: that value, or null where
// nothing is there; a chain is followed 16 times at most. Any other value is itself. Both arguments must
// outlive the result.
const Json& resolve_reference(const Json& document, const Json& value);

// The member, or null where it or what should hold it is not there.
const Json& member(const Json& json, std::string_view key);
std::string text_member(const Json& json, std::string_view key);

}  // namespace base
