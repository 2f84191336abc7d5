#include "plimsoll/cli/load_target.h"

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "net/headers.h"
#include "plimsoll/cli/header_options.h"
#include "plimsoll/traffic/scenario/shape_overrides.h"

namespace plimsoll::cli {
namespace {

using base::ErrorCode;

base::Result<std::optional<base::Nanoseconds>> duration_option(const char* name, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto duration = base::parse_duration(text);
  if (!duration) return std::unexpected(base::with_context(duration.error(), name));
  return *duration;
}

base::Result<traffic::ShapeOverrides> overrides_of(const LoadArguments& arguments) {
  traffic::ShapeOverrides overrides;
  overrides.rate = arguments.rate;
  overrides.connections = arguments.connections;
  overrides.requests = arguments.requests;
  BASE_ASSIGN(overrides.duration, duration_option("--duration", arguments.duration));
  BASE_ASSIGN(overrides.think_time, duration_option("--think-time", arguments.think_time));
  BASE_ASSIGN(overrides.timeout, duration_option("--timeout", arguments.timeout));
  BASE_ASSIGN(overrides.warmup, duration_option("--warmup", arguments.warmup));
  if (!arguments.abort_after.empty()) {
    auto delay = traffic::parse_abort(arguments.abort_after);
    if (!delay) return std::unexpected(base::with_context(delay.error(), "--abort-after"));
    overrides.abort_after = *delay;
  }
  if (!arguments.stages.empty()) {
    BASE_ASSIGN(overrides.rate_stages, traffic::parse_stages(arguments.stages));
  }
  if (arguments.arrival == "poisson") overrides.arrival = traffic::Arrival::poisson;
  if (arguments.arrival == "constant") overrides.arrival = traffic::Arrival::constant;
  return overrides;
}

base::Result<traffic::Scenario> one_request(const LoadArguments& arguments) {
  BASE_ASSIGN(const net::Url url, net::parse_url(arguments.target));
  BASE_ASSIGN(traffic::Scenario scenario, traffic::single_request(url, url.path));
  traffic::Step& step = scenario.steps.front();
  if (!arguments.body.empty()) {
    std::string body = arguments.body;
    if (body.starts_with('@')) {
      BASE_ASSIGN(body, base::read_file(body.substr(1)));
    }
    BASE_ASSIGN(step.body, traffic::make_body(body, {}, {}));
  }
  step.method = !arguments.method.empty() ? arguments.method : step.body ? "POST" : "GET";
  if (!arguments.expect.empty()) {
    BASE_ASSIGN(step.expect, traffic::StatusSet::parse(arguments.expect));
  }
  return scenario;
}

void override_tls(const LoadArguments& arguments, traffic::TlsOptions& tls) {
  if (arguments.insecure) tls.insecure = true;
  if (!arguments.ca_file.empty()) tls.ca_file = arguments.ca_file;
  if (!arguments.server_name.empty()) tls.server_name = base::to_lower_ascii(arguments.server_name);
}

}  // namespace

base::Result<traffic::ScenarioFile> scenario_of(const LoadArguments& arguments) {
  if (arguments.target.empty()) {
    return base::fail(ErrorCode::invalid_argument, "there is no target",
                      "write http://127.0.0.1:8080/path, or a scenario file");
  }
  if (arguments.target.find("://") != std::string::npos) {
    BASE_ASSIGN(traffic::Scenario scenario, one_request(arguments));
    return traffic::ScenarioFile{scenario.name, {scenario}, {}, {}, {}, {}};
  }
  const bool file = arguments.target.ends_with(".yaml") || arguments.target.ends_with(".yml") ||
                    std::filesystem::is_regular_file(arguments.target);
  if (!file) {
    return base::fail(ErrorCode::invalid_argument,
                      "\"" + base::printable(arguments.target) + "\" is neither a URL nor a scenario file",
                      "write http://127.0.0.1:8080/path, or a file that ends in .yaml");
  }
  if (!arguments.method.empty() || !arguments.body.empty() || !arguments.expect.empty()) {
    return base::fail(ErrorCode::invalid_argument,
                      "--method, --body and --expect belong to a URL; a scenario has its own");
  }
  auto scenario = traffic::read_scenario_file(arguments.target);
  if (!scenario && scenario.error().code == ErrorCode::not_found)
    scenario.error().code = ErrorCode::invalid_argument;
  return scenario;
}

base::Result<traffic::LoadPlan> plan_of(const LoadArguments& arguments, traffic::ScenarioFile file) {
  BASE_ASSIGN(const traffic::ShapeOverrides overrides, overrides_of(arguments));
  BASE_TRY(traffic::override_shapes(file, overrides));
  for (traffic::Scenario& scenario : file.scenarios) {
    if (!arguments.base_url.empty() && scenario.url.find("{port}") == std::string::npos) scenario.url.clear();
    override_tls(arguments, scenario.tls);
  }
  BASE_ASSIGN(const auto headers, parse_headers(arguments.headers));
  BASE_ASSIGN(traffic::LoadPlan plan, traffic::make_plan(file, arguments.base_url, headers));
  plan.allowed_host = base::to_lower_ascii(arguments.allowed_host);
  plan.seed = arguments.seed;
  plan.threads = arguments.threads;
  return plan;
}

base::Result<traffic::LiveOptions> live_options_of(const LoadArguments& arguments) {
  traffic::LiveRequest request{arguments.remote_write, arguments.otlp, {}, {arguments.live_prefix, {}}};
  BASE_ASSIGN(const auto headers, parse_headers(arguments.live_headers, "--live-header"));
  for (const auto& [name, value] : headers) request.headers.push_back({name, value});
  for (const std::string& label : arguments.live_labels) {
    const std::size_t equals = label.find('=');
    if (equals == std::string::npos) {
      return base::fail(ErrorCode::invalid_argument,
                        "--live-label \"" + base::printable(label) + "\" is no label",
                        "write it as testid=nightly");
    }
    request.names.labels.emplace_back(label.substr(0, equals), label.substr(equals + 1));
  }
  return traffic::live_options(request);
}

}  // namespace plimsoll::cli
