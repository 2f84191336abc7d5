// /openapi.json: OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), its paths made from the table of routes,
// so that it says what is served.
#pragma once

#include <string>
#include <string_view>

namespace memory_api::api {

std::string openapi_text();

// Members of the components object. JSON texts that live as long as the program.
std::string_view openapi_parameters();
std::string_view openapi_requests();   // schemas of what is sent
std::string_view openapi_responses();  // schemas of what is answered

}  // namespace memory_api::api
