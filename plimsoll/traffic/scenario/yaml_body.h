// A request's body written as YAML and sent as JSON, generated values included.
#pragma once

#include "base/yaml.h"
#include "plimsoll/traffic/scenario/scenario.h"

namespace plimsoll::traffic {

// Unquoted scalars become null, booleans and numbers where YAML's JSON schema reads them so, and so does one
// that is nothing but $(seq), $(random_int …), a variable or a table's value; all others become strings.
// Order is kept. Errors carry the place.
base::Result<StepBody> json_body(const base::yaml::Node& node, const std::filesystem::path& folder,
                                 const Vocabulary* vocabulary = nullptr);

}  // namespace plimsoll::traffic
