// Services that describe themselves: OpenAPI 3 (https://spec.openapis.org/oas/v3.1.0) and Swagger 2.
#pragma once

#include <filesystem>
#include <vector>

#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan::detect {

// Entries of `load` for up to 5 GET paths of the first openapi|swagger .yaml|.yml|.json that need no
// parameter; those that need no credentials come first. Where the document's server is on this machine, it is
// asked for there, else at http://127.0.0.1:8080.
std::vector<Detected> openapi(const std::filesystem::path& root);

}  // namespace plimsoll::plan::detect
