// The one table of what is served: routing, 405, the metrics' route label and /openapi.json all read it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/api/call.h"

namespace memory_api::api {

// A route without a summary is answered, but not documented.
struct Route {
  std::string_view method;
  std::string_view pattern;  // "/v1/memories/{memory_id}/"; the last slash is optional in requests
  Endpoint endpoint;
  bool needs_key;
  std::string_view summary;
  std::string_view parameters;      // names of components/parameters, blank-separated
  std::string_view request_schema;  // names of components/schemas; empty: no body
  std::string_view response_schema;
  std::string_view problems;  // statuses of its own, beside those every route has: "404 507"
  int success = 200;
};

std::span<const Route> routes();

struct Match {
  const Route* route = nullptr;        // nullptr: no such path, or no such method there
  std::vector<std::string> arguments;  // what the pattern's {names} matched, decoded
  std::string allow;                   // the methods of the path; empty where there is no such path
};

// HEAD is served where GET is. `segments` as net::RequestTarget has them.
Match match_route(std::string_view method, std::span<const std::string> segments);

}  // namespace memory_api::api
