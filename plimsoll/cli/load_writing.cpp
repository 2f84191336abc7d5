#include "plimsoll/cli/load_writing.h"

#include <iostream>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "net/http_client.h"
#include "plimsoll/cli/header_options.h"
#include "plimsoll/traffic/scenario/har_scenario.h"
#include "plimsoll/traffic/scenario/openapi_scenario.h"

namespace plimsoll::cli {
namespace {

using base::ErrorCode;

bool is_url(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

base::Result<std::string> fetched(const LoadArguments& arguments) {
  BASE_ASSIGN(const net::Url url, net::parse_url(arguments.from_openapi));
  BASE_ASSIGN(const auto headers, parse_headers(arguments.headers));
  net::ClientOptions options;
  for (const auto& [name, value] : headers) options.headers.push_back({name, value});
  BASE_ASSIGN(net::ClientResponse response, net::fetch(url, {}, options));
  if (response.ok()) return std::move(response.body);
  return base::fail(ErrorCode::unavailable,
                    arguments.from_openapi + " answered with status " + std::to_string(response.status));
}

base::Result<std::string> file_text(const std::string& name) {
  auto text = base::read_file(name);
  if (!text && text.error().code == ErrorCode::not_found) text.error().code = ErrorCode::invalid_argument;
  return text;
}

// Where the description came from is where the service is, unless it or the user says otherwise.
base::Result<std::string> from_openapi(const LoadArguments& arguments) {
  const std::string& source = arguments.from_openapi;
  if (!is_url(source)) {
    BASE_ASSIGN(const std::string text, file_text(source));
    return traffic::scenario_from_openapi(text, source, arguments.base_url);
  }
  BASE_ASSIGN(const std::string text, fetched(arguments));
  const net::Url url = *net::parse_url(source);
  const std::string origin = url.scheme + "://" + url.authority();
  return traffic::scenario_from_openapi(text, source,
                                        arguments.base_url.empty() ? origin : arguments.base_url);
}

base::Result<std::string> from_har(const LoadArguments& arguments) {
  BASE_ASSIGN(const std::string text, file_text(arguments.from_har));
  std::string host;
  if (!arguments.base_url.empty()) {
    BASE_ASSIGN(const net::Url url, net::parse_url(arguments.base_url));
    host = url.authority();
  }
  return traffic::scenario_from_har(text, arguments.from_har, host);
}

base::Status check(const LoadArguments& arguments) {
  if (!arguments.from_openapi.empty() && !arguments.from_har.empty())
    return base::fail(ErrorCode::invalid_argument, "--from-openapi and --from-har write one scenario each");
  if (!arguments.target.empty())
    return base::fail(ErrorCode::invalid_argument, "a scenario is either written or run",
                      "leave out \"" + base::printable(arguments.target) + "\"; -o names the file to write");
  if (!arguments.output.empty() && base::system_files().exists(arguments.output))
    return base::fail(ErrorCode::invalid_argument, arguments.output + " exists already",
                      "choose another name, or remove it");
  return {};
}

}  // namespace

bool writes_scenario(const LoadArguments& arguments) {
  return !arguments.from_openapi.empty() || !arguments.from_har.empty();
}

base::Result<int> write_scenario(const LoadArguments& arguments) {
  BASE_TRY(check(arguments));
  BASE_ASSIGN(const std::string text,
              arguments.from_har.empty() ? from_openapi(arguments) : from_har(arguments));
  if (!arguments.output.empty()) {
    BASE_TRY(base::system_files().write_atomically(arguments.output, text));
    if (!arguments.common.quiet) std::cerr << "· wrote " << arguments.output << std::endl;
  }
  if (arguments.common.json) {
    print_json({{"plimsoll", "load.scenario"}, {"version", 1}, {"status", "pass"}, {"scenario", text}});
  } else if (arguments.output.empty()) {
    std::cout << text;
  }
  return 0;
}

}  // namespace plimsoll::cli
