// From a scenario as it was written to a plan that is ready to run.
#include <algorithm>
#include <optional>

#include "base/text.h"
#include "net/headers.h"
#include "plimsoll/traffic/scenario.h"

namespace plimsoll::traffic {
namespace {

using base::ErrorCode;

base::Result<net::Url> target_of(const Scenario& scenario, const std::string& base_url) {
  std::string text = scenario.url.empty() ? base_url : scenario.url;
  if (text.empty()) {
    return base::fail(ErrorCode::invalid_argument, "scenario " + scenario.name + " names no url",
                      "add `url: http://127.0.0.1:PORT` to it, or run it through a plan with a service");
  }
  if (text.find("{port}") != std::string::npos) {
    if (base_url.empty()) {
      return base::fail(
          ErrorCode::invalid_argument,
          "scenario " + scenario.name + " wants {port}, and there is no service to know it from",
          "name a url with a port, or run it through a plan with a service");
    }
    BASE_ASSIGN(const net::Url base, net::parse_url(base_url));
    text = base::replace_all(text, "{port}", std::to_string(base.port));
  }
  return net::parse_url(text);
}

bool has(const std::map<std::string, TextTemplate>& headers, std::string_view name) {
  return std::ranges::any_of(
      headers, [&](const auto& header) { return net::equal_ignoring_case(header.first, name); });
}

// A step's own headers win over the scenario's, those over the caller's.
std::map<std::string, TextTemplate> headers_of(const Scenario& scenario, const Step& step,
                                               const std::map<std::string, std::string>& common) {
  std::map<std::string, TextTemplate> headers = step.headers;
  for (const auto& [name, value] : scenario.headers) {
    if (!has(headers, name)) headers[name] = value;
  }
  for (const auto& [name, value] : common) {
    if (!has(headers, name)) headers[name].append(value);
  }
  if (step.body && !has(headers, "Content-Type")) headers["Content-Type"].append(step.body->content_type);
  return headers;
}

Route make_route(const Scenario& scenario, const Step& step, const net::Url& target,
                 const std::map<std::string, std::string>& common) {
  RequestParts parts;
  parts.method = step.method;
  parts.authority = target.authority();
  if (target.path != "/")
    parts.target.append(target.path.ends_with('/') ? target.path.substr(0, target.path.size() - 1)
                                                   : target.path);
  parts.target.append(step.path);
  for (const auto& [name, value] : headers_of(scenario, step, common))
    parts.headers.emplace_back(name, value);
  if (step.body) parts.body = step.body->text;
  return {step.name, step.weight, RequestTemplate(parts), step.expect.value_or(scenario.expect)};
}

bool looks_like_json(std::string_view text) {
  const std::string_view trimmed = base::trim(text);
  return trimmed.starts_with('{') || trimmed.starts_with('[');
}

}  // namespace

base::Result<StepBody> make_body(std::string_view text, const std::filesystem::path& folder,
                                 const base::Place& place) {
  const bool json = looks_like_json(text);
  BASE_ASSIGN(TextTemplate body,
              TextTemplate::parse(text, json ? Escape::json : Escape::none, folder, place));
  return StepBody{std::move(body), json ? "application/json" : "text/plain; charset=utf-8"};
}

base::Result<Scenario> single_request(const net::Url& url, std::string name) {
  Scenario scenario;
  scenario.name = std::move(name);
  net::Url origin = url;
  origin.path = "/";
  origin.query.clear();
  scenario.url = net::to_string(origin);
  Step step;
  step.name = url.path;
  BASE_ASSIGN(step.path, TextTemplate::parse(url.target(), Escape::url, {}, {}));
  scenario.steps.push_back(std::move(step));
  return scenario;
}

base::Result<LoadPlan> make_plan(const Scenario& scenario, const std::string& base_url,
                                 const std::map<std::string, std::string>& headers) {
  BASE_TRY(check_shape(scenario.shape));
  for (const auto& [name, value] : headers) {
    if (!net::is_header_name(name) || !net::is_header_value(value)) {
      return base::fail(ErrorCode::invalid_argument,
                        "\"" + base::printable(base::truncate_utf8(name, 60)) + "\" is no header");
    }
  }
  LoadPlan plan;
  BASE_ASSIGN(plan.target, target_of(scenario, base_url));
  plan.tls = scenario.tls;
  plan.shape = scenario.shape;
  for (const Step& step : scenario.steps)
    plan.routes.push_back(make_route(scenario, step, plan.target, headers));
  return plan;
}

}  // namespace plimsoll::traffic
