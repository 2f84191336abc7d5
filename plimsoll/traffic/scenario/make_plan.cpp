// From a scenario as it was written to a plan that is ready to run.
#include <algorithm>
#include <optional>

#include "base/text.h"
#include "net/headers.h"
#include "plimsoll/traffic/scenario/scenario.h"

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

std::string prefix_of(const net::Url& target) {
  if (target.path == "/") return {};
  return target.path.ends_with('/') ? target.path.substr(0, target.path.size() - 1) : target.path;
}

Route make_route(const Scenario& scenario, const Step& step, const LoadPlan& plan,
                 const std::map<std::string, std::string>& common) {
  RequestParts parts;
  parts.method = step.method;
  parts.authority = plan.target.authority();
  parts.cookies = plan.flows.cookies;
  parts.target.append(prefix_of(plan.target));
  parts.target.append(step.path);
  for (const auto& [name, value] : headers_of(scenario, step, common))
    parts.headers.emplace_back(name, value);
  if (step.body) parts.body = step.body->text;
  Route route{step.name, step.weight, RequestTemplate(parts), step.expect.value_or(scenario.expect),
              step.logic};
  route.logic.path = prefix_of(plan.target) + step.logic.path;
  return route;
}

bool has_logic(const Step& step) {
  const StepLogic& logic = step.logic;
  return !logic.checks.empty() || !logic.extractions.empty() || logic.think_time || logic.once ||
         logic.goes_on;
}

// Whether requests belong to somebody who remembers; else each is drawn by itself, which costs less.
bool has_users(const Scenario& scenario) {
  return scenario.cookies.value_or(false) || !scenario.vocabulary->variables.empty() ||
         !scenario.vocabulary->tables.empty() || std::ranges::any_of(scenario.steps, has_logic);
}

void add_flow(LoadPlan& plan, const Scenario& scenario, const FlowOfSteps& steps,
              const std::map<std::string, std::string>& headers) {
  Flow flow{steps.name, steps.weight, static_cast<std::uint32_t>(plan.routes.size()),
            static_cast<std::uint32_t>(steps.steps.size()), scenario.variables};
  flow.variables.insert(flow.variables.end(), steps.variables.begin(), steps.variables.end());
  for (const Step& step : steps.steps) plan.routes.push_back(make_route(scenario, step, plan, headers));
  plan.flows.list.push_back(std::move(flow));
}

void add_requests(LoadPlan& plan, const Scenario& scenario,
                  const std::map<std::string, std::string>& headers) {
  for (const FlowOfSteps& flow : scenario.flows) add_flow(plan, scenario, flow, headers);
  const bool users = has_users(scenario);
  for (const Step& step : scenario.steps) {
    if (users) {
      add_flow(plan, scenario, {step.name, step.weight, {}, {step}}, headers);
    } else {
      plan.routes.push_back(make_route(scenario, step, plan, headers));
    }
  }
}

base::Result<std::shared_ptr<const LoadPlan>> plan_once(const ScenarioFile& file,
                                                        const std::vector<Step>& steps,
                                                        const std::string& base_url,
                                                        const std::map<std::string, std::string>& headers) {
  if (steps.empty()) return nullptr;
  const Scenario& first = file.scenarios.front();
  Scenario scenario;
  scenario.name = file.name;
  scenario.url = first.url;
  scenario.tls = first.tls;
  scenario.headers = first.headers;
  scenario.expect = first.expect;
  scenario.shape.timeout = first.shape.timeout;
  scenario.vocabulary = first.vocabulary;
  scenario.variables = first.variables;
  scenario.flows.push_back({"once", 1, {}, steps});
  BASE_ASSIGN(LoadPlan plan, make_plan(scenario, base_url, headers));
  return std::make_shared<const LoadPlan>(std::move(plan));
}

// From the first moment that counts to the last.
LoadShape spanning_shape(const std::vector<LoadPart>& parts) {
  LoadShape shape;
  base::Nanoseconds begin = base::Nanoseconds::max();
  base::Nanoseconds end{};
  shape.timeout = {};
  for (const LoadPart& part : parts) {
    const LoadShape& own = part.plan->shape;
    begin = std::min(begin, part.start + own.warmup);
    end = std::max(end,
                   part.start + std::max<base::Nanoseconds>(expected_length(own), std::chrono::seconds(1)));
    shape.timeout = std::max(shape.timeout, own.timeout);
  }
  shape.warmup = begin;
  shape.duration = std::max<base::Nanoseconds>(end - begin, std::chrono::seconds(1));
  return shape;
}

base::Result<LoadPlan> plan_parts(const ScenarioFile& file, const std::string& base_url,
                                  const std::map<std::string, std::string>& headers) {
  LoadPlan all;
  for (const Scenario& scenario : file.scenarios) {
    BASE_ASSIGN(LoadPlan plan, make_plan(scenario, base_url, headers));
    for (Route route : plan.routes) {
      route.name = scenario.name + "/" + route.name;
      route.scenario = scenario.name;
      all.routes.push_back(std::move(route));
    }
    if (all.parts.empty()) all.target = plan.target;
    all.parts.push_back({scenario.name, std::make_shared<const LoadPlan>(std::move(plan)), scenario.start});
  }
  all.shape = spanning_shape(all.parts);
  return all;
}

bool looks_like_json(std::string_view text) {
  const std::string_view trimmed = base::trim(text);
  return trimmed.starts_with('{') || trimmed.starts_with('[');
}

}  // namespace

base::Result<StepBody> make_body(std::string_view text, const std::filesystem::path& folder,
                                 const base::Place& place, const Vocabulary* vocabulary) {
  const bool json = looks_like_json(text);
  BASE_ASSIGN(TextTemplate body,
              TextTemplate::parse(text, json ? Escape::json : Escape::none, folder, place, vocabulary));
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
  plan.flows.vocabulary = *scenario.vocabulary;
  plan.flows.cookies = scenario.cookies.value_or(!scenario.flows.empty());
  add_requests(plan, scenario, headers);
  return plan;
}

base::Result<LoadPlan> make_plan(const ScenarioFile& file, const std::string& base_url,
                                 const std::map<std::string, std::string>& headers) {
  const bool alone = file.scenarios.size() == 1 && file.scenarios.front().start == base::Nanoseconds{};
  BASE_ASSIGN(LoadPlan plan, alone ? make_plan(file.scenarios.front(), base_url, headers)
                                   : plan_parts(file, base_url, headers));
  BASE_ASSIGN(plan.setup, plan_once(file, file.setup, base_url, headers));
  BASE_ASSIGN(plan.teardown, plan_once(file, file.teardown, base_url, headers));
  return plan;
}

}  // namespace plimsoll::traffic
