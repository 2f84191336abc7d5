// /openapi.json: OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), its paths made from the table of routes,
// so that it says what is served.
#pragma once

#include <string>
#include <string_view>

namespace memory_api::api {

std::string openapi_text();

// The components object: schemas, parameters, security scheme. A JSON text that lives as long as the program.
std::string_view openapi_components();

}  // namespace memory_api::api
