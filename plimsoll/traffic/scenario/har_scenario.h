// A scenario to start from, written from a browser's recording: HTTP Archive 1.2
// (http://www.softwareishard.com/blog/har-12-spec/).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace plimsoll::traffic {

// One flow of the requests to one host, in the order in which they were sent, with the pauses between them as
// think times. The host is `host` ("example.com" or "example.com:8080"), else the one that was asked most
// often; requests to others, and those for images, fonts, styles and scripts, are left out and counted in a
// comment. What is named like a secret (headers, cookies, query parameters, members of bodies) becomes
// ${NAME}, named in a comment; what the browser adds by itself is dropped. The result is one that
// parse_scenario_file accepts once those variables are set. corrupt for what is no JSON, unsupported for what
// is no HAR or has no request to keep; `source` names it.
base::Result<std::string> scenario_from_har(std::string_view document, const std::string& source,
                                            const std::string& host);

}  // namespace plimsoll::traffic
