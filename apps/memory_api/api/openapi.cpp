#include "apps/memory_api/api/openapi.h"

#include <algorithm>

#include "apps/memory_api/api/routes.h"
#include "base/json.h"
#include "base/text.h"
#include "net/http_server.h"

namespace memory_api::api {
namespace {

using Json = base::OrderedJson;

Json reference(std::string_view kind, std::string_view name) {
  return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

Json json_content(std::string_view schema, std::string_view type = "application/json") {
  return {{std::string(type), {{"schema", reference("schemas", schema)}}}};
}

// The {names} of a pattern and the query parameters, both by reference.
Json parameters_of(const Route& route) {
  Json parameters = Json::array();
  for (std::size_t open = route.pattern.find('{'); open != std::string_view::npos;
       open = route.pattern.find('{', open + 1)) {
    parameters.push_back(
        reference("parameters", route.pattern.substr(open + 1, route.pattern.find('}', open) - open - 1)));
  }
  for (const std::string& name : base::split(route.parameters, ' ')) {
    if (!name.empty()) parameters.push_back(reference("parameters", name));
  }
  return parameters;
}

Json problem_response(int status) {
  return {{"description", net::reason_phrase(status)},
          {"content", json_content("Problem", "application/problem+json")}};
}

Json success_response(const Route& route) {
  Json response = {{"description", "OK"}};
  if (!route.response_schema.empty()) {
    response["content"] = json_content(route.response_schema);
  } else {
    response["content"] = {{"text/plain", {{"schema", {{"type", "string"}}}}},
                           {"application/openmetrics-text", {{"schema", {{"type", "string"}}}}}};
  }
  return response;
}

Json responses_of(const Route& route) {
  Json responses = {{std::to_string(route.success), success_response(route)}};
  std::vector<int> problems;
  if (route.needs_key) problems = {400, 401, 413, 415, 429, 500, 503, 504};
  for (const std::string& status : base::split(route.problems, ' ')) {
    if (const auto number = base::parse_integer(status)) problems.push_back(static_cast<int>(*number));
  }
  std::sort(problems.begin(), problems.end());
  for (const int status : problems) responses[std::to_string(status)] = problem_response(status);
  if (route.pattern == "/ready") {
    responses["503"] = {{"description", "cannot do its work now"}, {"content", json_content("Readiness")}};
  }
  return responses;
}

Json operation_of(const Route& route) {
  Json operation = {{"summary", route.summary}};
  operation["security"] = route.needs_key ? Json::array({{{"key", Json::array()}}}) : Json::array();
  if (Json parameters = parameters_of(route); !parameters.empty())
    operation["parameters"] = std::move(parameters);
  if (!route.request_schema.empty()) {
    operation["requestBody"] = {{"required", true}, {"content", json_content(route.request_schema)}};
  }
  operation["responses"] = responses_of(route);
  return operation;
}

}  // namespace

std::string openapi_text() {
  Json document = {{"openapi", "3.1.0"},
                   {"info",
                    {{"title", "memory_api"},
                     {"version", PLIMSOLL_VERSION},
                     {"description", "A memory store for AI agents that speaks mem0's wire."},
                     {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}}};
  Json& paths = document["paths"];
  for (const Route& route : routes()) {
    if (route.summary.empty()) continue;
    paths[std::string(route.pattern)][base::to_lower_ascii(route.method)] = operation_of(route);
  }
  Json& components = document["components"];
  components["securitySchemes"] = {{"key",
                                    {{"type", "apiKey"},
                                     {"in", "header"},
                                     {"name", "Authorization"},
                                     {"description", "Token KEY: a tenant's key"}}}};
  components["parameters"] = Json::parse(openapi_parameters());
  components["schemas"] = Json::parse(openapi_requests());
  components["schemas"].update(Json::parse(openapi_responses()));
  return base::dump(document, 1);
}

}  // namespace memory_api::api
