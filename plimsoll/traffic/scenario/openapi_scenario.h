// A scenario to start from, written from a service's own description: OpenAPI 3
// (https://spec.openapis.org/oas/v3.1.0) or Swagger 2, as JSON or YAML.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace plimsoll::traffic {

// One step an operation, with examples where the document has some, else values that its schemas allow; what
// is left out (deprecated operations, deletions, bodies that are neither JSON nor a form) stands there as a
// comment. `source` names the document in errors and in the first line. The scenario's url is `base_url`,
// else the document's server where that is absolute, else http://127.0.0.1:8080. The result is one that
// parse_scenario_file accepts. invalid_argument with the place for what is no JSON or YAML; unsupported for
// what describes no operation.
base::Result<std::string> scenario_from_openapi(std::string_view document, const std::string& source,
                                                const std::string& base_url);

}  // namespace plimsoll::traffic
