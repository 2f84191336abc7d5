#include "plimsoll/traffic/scenario/openapi_scenario.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/json_reference.h"
#include "base/text.h"
#include "net/headers.h"
#include "net/url.h"
#include "plimsoll/traffic/scenario/openapi_values.h"
#include "plimsoll/traffic/scenario/written_scenario.h"

namespace plimsoll::traffic {
namespace {

using base::Json;
using base::member;
using base::text_member;

constexpr std::size_t most_steps = 100;
constexpr std::size_t most_body_bytes = 16 << 10;
constexpr std::string_view usual_server = "http://127.0.0.1:8080";

base::Result<Json> read_document(std::string_view text, const std::string& source) {
  if (base::trim(text).starts_with('{')) return base::parse_json(text, source);
  BASE_ASSIGN(const base::yaml::Node node, base::yaml::parse(text, source));
  return base::to_json(node);
}

// A value as it stands in a path, a query or a header.
std::string plain_text(const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.starts_with(written::generated) ? text.substr(1) : written::as_text(text);
  }
  return value.is_null() ? "" : written::as_text(base::dump(value));
}

// The same in a URL: generated values encode themselves.
std::string url_text(const Json& value) {
  const bool made = value.is_string() && value.get_ref<const std::string&>().starts_with(written::generated);
  if (made) return plain_text(value);
  const Json& one = value.is_array() && !value.empty() ? value.front() : value;
  return net::percent_encode(one.is_string() ? one.get<std::string>() : one.is_null() ? "" : base::dump(one));
}

struct WrittenStep {
  std::string name;
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;
  std::string body;      // as YAML; "" where there is none
  std::string left_out;  // why it is a comment only
  bool made_up = false;  // the path holds an identifier that is nobody's
};

// A parameter's place in the document: an operation's own wins over its path's.
std::vector<Json> parameters_of(const Json& document, const Json& item, const Json& operation) {
  std::vector<Json> all;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Json* holder : {&operation, &item}) {
    const Json& list = member(*holder, "parameters");
    if (!list.is_array()) continue;
    for (const Json& reference : list) {
      const Json& parameter = base::resolve_reference(document, reference);
      if (!parameter.is_object()) continue;
      if (seen.emplace(text_member(parameter, "in"), text_member(parameter, "name")).second)
        all.push_back(parameter);
    }
  }
  return all;
}

bool has_example(const Json& parameter) {
  for (const char* key : {"example", "examples", "default"}) {
    if (parameter.contains(key) || member(parameter, "schema").contains(key)) return true;
  }
  return false;
}

// "/reset", "/v1/cache:purge": a POST that takes away what others may need.
bool sounds_like_deletion(const std::string& path) {
  const std::string last = base::to_lower_ascii(path.substr(path.find_last_of("/:", path.size() - 2) + 1));
  constexpr std::array<std::string_view, 6> words = {"reset", "delete", "purge", "clear", "drop", "destroy"};
  return std::ranges::any_of(words,
                             [&](std::string_view word) { return last.find(word) != std::string::npos; });
}

class StepWriter {
 public:
  StepWriter(const Json& document, const std::string& path, const std::string& method, const Json& operation)
      : document_(document), operation_(operation) {
    step_.name = method + " " + path;
    step_.method = method;
    step_.path = path;
    unusual_ = path.find_first_of(" $\"") != std::string::npos;
  }

  WrittenStep write(const Json& item) {
    if (member(operation_, "deprecated") == Json(true)) step_.left_out = "deprecated";
    if (step_.method == "DELETE" || (step_.method != "GET" && sounds_like_deletion(step_.path)))
      step_.left_out = "it deletes: put it in yourself, with identifiers of your own";
    for (const Json& parameter : parameters_of(document_, item, operation_)) add(parameter);
    if (step_.path.find_first_of("{}\"") != std::string::npos || unusual_)
      step_.left_out = "its path needs values that the document does not describe";
    add_body();
    return std::move(step_);
  }

 private:
  void add(const Json& parameter) {
    const std::string place = text_member(parameter, "in");
    const std::string name = text_member(parameter, "name");
    const bool wanted = member(parameter, "required") == Json(true) || has_example(parameter);
    if (place == "path") add_to_path(parameter, name);
    if (place == "query" && wanted) add_to_query(parameter, name);
    if (place == "header" && wanted) add_header(parameter, name);
    if (place == "body") set_json(example_of(document_, parameter));  // Swagger 2
    if (place == "formData" && wanted) add_to_form(name, example_of(document_, parameter));
  }

  void add_to_path(const Json& parameter, const std::string& name) {
    const Json value = example_of(document_, parameter);
    const std::string text = value.is_null() ? "1" : url_text(value);
    step_.made_up = step_.made_up || !has_example(parameter);
    step_.path = base::replace_all(step_.path, "{" + name + "}", text.empty() ? "1" : text);
  }

  // An object is written member by member, as `style: form` with `explode` has it: the default of a query.
  void add_to_query(const Json& parameter, const std::string& name) {
    const Json value = example_of(document_, parameter);
    if (!value.is_object()) return add_to_query_text(name, value);
    for (const auto& [key, member_value] : value.items()) add_to_query_text(key, member_value);
  }

  void add_to_query_text(const std::string& name, const Json& value) {
    step_.path += step_.path.find('?') == std::string::npos ? '?' : '&';
    step_.path += net::percent_encode(name) + "=" + url_text(value);
  }

  void add_header(const Json& parameter, const std::string& name) {
    const std::string value = plain_text(example_of(document_, parameter));
    const bool ours = net::equal_ignoring_case(name, "Content-Type") ||
                      net::equal_ignoring_case(name, "Accept") ||
                      net::equal_ignoring_case(name, "Authorization");
    if (net::is_header_name(name) && net::is_header_value(value) && !ours) step_.headers[name] = value;
  }

  void add_to_form(const std::string& name, const Json& value) {
    form_ += (form_.empty() ? "" : "&") + net::percent_encode(name) + "=" + url_text(value);
  }

  void add_body() {
    const Json& body = base::resolve_reference(document_, member(operation_, "requestBody"));
    const Json& content = member(body, "content");
    if (content.is_object() && !content.empty()) add_content(content, member(body, "required") == Json(true));
    if (form_.empty()) return;
    step_.body = written::quote(form_);
    step_.headers["Content-Type"] = "application/x-www-form-urlencoded";
  }

  void add_content(const Json& content, bool required) {
    for (const auto& [type, media] : content.items()) {
      if (type.find("json") == std::string::npos) continue;
      return set_json(example_of(document_, media));
    }
    if (const Json* form = base::find(content, "application/x-www-form-urlencoded")) {
      const Json value = example_of(document_, *form);
      if (value.is_object()) {
        for (const auto& [name, one] : value.items()) add_to_form(name, one);
      }
      return;
    }
    if (required) step_.left_out = "its body is " + content.begin().key();
  }

  void set_json(const Json& value) {
    if (value.is_null()) return;
    const std::string text = value.is_object() || value.is_array()
                                 ? written::flow(value)
                                 : written::quote(written::as_text(base::dump(value)));
    if (text.size() > most_body_bytes) {
      step_.left_out = "its body's example is larger than 16 KiB";
      return;
    }
    step_.body = text;
    if (!value.is_object() && !value.is_array()) step_.headers["Content-Type"] = "application/json";
  }

  const Json& document_;
  const Json& operation_;
  WrittenStep step_;
  bool unusual_ = false;  // its path holds what a scenario's path cannot
  std::string form_;
};

std::vector<WrittenStep> steps_of(const Json& document) {
  std::vector<WrittenStep> steps;
  const Json& paths = member(document, "paths");
  if (!paths.is_object()) return steps;
  for (const auto& [path, reference] : paths.items()) {
    const Json& item = base::resolve_reference(document, reference);
    if (!path.starts_with('/')) continue;
    for (const char* method : {"get", "post", "put", "patch", "delete", "head"}) {
      const Json& operation = member(item, method);
      if (!operation.is_object() || steps.size() == most_steps) continue;
      std::string upper(method);
      std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(c - 32); });
      steps.push_back(StepWriter(document, path, upper, operation).write(item));
    }
  }
  return steps;
}

// `servers` of OpenAPI 3, `basePath` of Swagger 2.
std::string url_of(const Json& document, const std::string& base_url) {
  const Json& servers = member(document, "servers");
  std::string server = servers.is_array() && !servers.empty() ? text_member(servers[0], "url")
                                                              : text_member(document, "basePath");
  if (server.find('{') != std::string::npos) server.clear();  // a template with variables
  const bool absolute = server.find("://") != std::string::npos && net::parse_url(server);
  std::string path;
  if (absolute) path = net::parse_url(server)->path;
  if (!absolute && server.starts_with('/')) path = server;
  if (path == "/") path.clear();
  if (path.ends_with('/')) path.pop_back();
  std::string origin = base_url.empty() && absolute ? server
                       : base_url.empty()           ? std::string(usual_server)
                                                    : base_url;
  const auto url = net::parse_url(origin);
  if (!url) return std::string(usual_server) + path;
  return url->scheme + "://" + url->authority() + path;
}

// What the document says about credentials, as a line to fill in.
std::string credentials_of(const Json& document) {
  const Json& components = member(document, "components");
  const Json& schemes = components.is_object() ? member(components, "securitySchemes")
                                               : member(document, "securityDefinitions");
  if (!schemes.is_object()) return {};
  for (const auto& [name, reference] : schemes.items()) {
    const Json& scheme = base::resolve_reference(document, reference);
    const std::string type = text_member(scheme, "type");
    std::string header = "Authorization";
    std::string value = "Bearer ${API_TOKEN}";
    if (type == "apiKey") {
      if (text_member(scheme, "in") != "header") continue;
      header = text_member(scheme, "name");
      value = net::equal_ignoring_case(header, "Authorization") ? "Token ${API_TOKEN}" : "${API_TOKEN}";
    } else if (text_member(scheme, "scheme") == "basic" || type == "basic") {
      value = "Basic ${API_TOKEN}";
    }
    if (!net::is_header_name(header)) continue;
    return "# The service asks for credentials: say them here, or with --header.\n# headers: {" +
           written::quote(header) + ": " + written::quote(value) + "}\n";
  }
  return {};
}

std::string yaml_of(const WrittenStep& step, const std::string& name) {
  if (!step.left_out.empty()) return "  " + written::comment(name + ": left out, " + step.left_out);
  std::string text;
  if (step.made_up) text += "  # its path holds made-up values: put real ones there, and drop the 404\n";
  text += "  - name: " + written::quote(name) + "\n";
  if (step.method != "GET") text += "    method: " + step.method + "\n";
  text += "    path: " + written::quote(step.path) + "\n";
  for (const auto& [header, value] : step.headers)
    text += (header == step.headers.begin()->first ? "    headers:\n      " : "      ") +
            written::quote(header) + ": " + written::quote(value) + "\n";
  if (!step.body.empty()) text += "    body: " + step.body + "\n";
  if (step.made_up) text += "    expect: [2xx, 3xx, 404]\n";
  return text;
}

}  // namespace

base::Result<std::string> scenario_from_openapi(std::string_view text, const std::string& source,
                                                const std::string& base_url) {
  BASE_ASSIGN(const Json document, read_document(text, source));
  const std::vector<WrittenStep> steps = steps_of(document);
  if (std::ranges::none_of(steps, [](const WrittenStep& step) { return step.left_out.empty(); })) {
    return base::fail(base::ErrorCode::unsupported,
                      source + " describes no operation that a load could ask for",
                      "expected an OpenAPI 3 or Swagger 2 document with `paths`");
  }
  std::string out = written::comment("Written from " + source + " by plimsoll load --from-openapi: a start.");
  out += "# Weights, values and the rate are yours to set (docs/load.md).\n";
  out += "name: " +
         written::quote(written::name_of(text_member(member(document, "info"), "title"), "from_openapi")) +
         "\n";
  out += "url: " + written::quote(url_of(document, base_url)) + "\n" + credentials_of(document);
  out += "rate: 10\nduration: 30s\nsteps:\n";
  std::set<std::string> names;
  for (const WrittenStep& step : steps) {
    std::string name = base::truncate_utf8(base::printable(step.name), 150);
    while (!names.insert(name).second) name += " again";
    out += yaml_of(step, name);
  }
  return out;
}

}  // namespace plimsoll::traffic
