#include "plimsoll/probes/load/load_config.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/plan/rule_text.h"
#include "plimsoll/traffic/scenario/shape_overrides.h"

namespace plimsoll::probes::load {
namespace {

using plan::Field;
using plan::FieldType;

// The plan's reader has checked the types; what is absent is absent.
template <class T>
std::optional<T> get(const base::Json& config, std::string_view key) {
  const base::Json* value = base::find(config, key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return value->get<T>();
}

std::optional<base::Nanoseconds> get_duration(const base::Json& config, std::string_view key) {
  const auto seconds = get<double>(config, key);
  if (!seconds) return std::nullopt;
  return base::Nanoseconds(std::llround(*seconds * 1e9));
}

std::optional<int> get_count(const base::Json& config, std::string_view key) {
  const auto count = get<long long>(config, key);
  if (!count) return std::nullopt;
  return static_cast<int>(std::min<long long>(*count, traffic::most_users + 1));
}

std::unexpected<base::Error> wrong(std::string_view key, std::string_view problem, std::string hint = {}) {
  return base::fail(base::ErrorCode::invalid_argument, std::string(key) + ": " + std::string(problem),
                    std::move(hint));
}

// An error of a part that knows no place, as the key's.
template <class T>
base::Result<T> as_key(base::Result<T> result, std::string_view key) {
  if (!result && !result.error().place)
    result.error().message = std::string(key) + ": " + result.error().message;
  return result;
}

base::Status read_stages(const base::Json& config, traffic::ShapeOverrides& overrides) {
  const base::Json* stages = base::find(config, "stages");
  if (stages == nullptr) return {};
  for (const base::Json& stage : *stages) {
    const auto rate = get<double>(stage, "rate");
    const auto users = get<double>(stage, "users");
    const auto duration = get_duration(stage, "duration");
    if (!duration || rate.has_value() == users.has_value()) {
      return wrong("stages", "a stage needs a duration and one of rate and users");
    }
    (rate ? overrides.rate_stages : overrides.user_stages).push_back({*duration, rate ? *rate : *users});
  }
  if (!overrides.rate_stages.empty() && !overrides.user_stages.empty()) {
    return wrong("stages", "they are all of a rate or all of users, not both");
  }
  return {};
}

base::Result<traffic::ShapeOverrides> read_overrides(const base::Json& config) {
  traffic::ShapeOverrides overrides;
  overrides.rate = get<double>(config, "rate");
  overrides.users = get_count(config, "users");
  overrides.connections = get_count(config, "connections");
  overrides.think_time = get_duration(config, "think_time");
  overrides.duration = get_duration(config, "duration");
  overrides.requests = get<std::uint64_t>(config, "requests");
  overrides.timeout = get_duration(config, "request_timeout");
  overrides.warmup = get_duration(config, "warmup");
  if (const auto abort = get<std::string>(config, "abort")) {
    BASE_ASSIGN(overrides.abort_after, as_key(traffic::parse_abort(*abort), "abort"));
  }
  if (const auto arrival = get<std::string>(config, "arrival")) {
    overrides.arrival = *arrival == "poisson" ? traffic::Arrival::poisson : traffic::Arrival::constant;
  }
  BASE_TRY(read_stages(config, overrides));
  return overrides;
}

// What is wrong about the shape is told at the key that is most likely the wrong one.
std::unexpected<base::Error> blame_key(const base::Json& config, base::Error error) {
  for (const char* key : {"users", "think_time", "requests", "stages", "connections", "rate", "duration"}) {
    if (base::find(config, key) == nullptr) continue;
    error.message = std::string(key) + ": " + error.message;
    break;
  }
  return std::unexpected(std::move(error));
}

// Which keys belong to a request of one's own; a scenario has them in its steps.
base::Status refuse_request_keys(const base::Json& config) {
  for (const std::string_view key : {"method", "headers", "body", "expect"}) {
    if (base::find(config, key) != nullptr)
      return wrong(key, "belongs into the scenario's steps",
                   "write it there, or use `url:` without a scenario");
  }
  return {};
}

// One request; what the run will put into placeholders is not known while the plan is checked.
base::Result<traffic::Scenario> inline_scenario(const base::Json& config, const std::filesystem::path& root) {
  const std::string url = get<std::string>(config, "url").value_or("");
  if (url.empty())
    return base::fail(base::ErrorCode::invalid_argument, "a load probe needs `scenario` or `url`");
  BASE_ASSIGN(const net::Url target, as_key(net::parse_url(base::replace_all(url, "{port}", "1")), "url"));
  BASE_ASSIGN(traffic::Scenario scenario,
              as_key(traffic::single_request(target, default_name(config)), "url"));
  traffic::Step& step = scenario.steps.front();
  step.method = get<std::string>(config, "method").value_or("GET");
  if (const base::Json* headers = base::find(config, "headers")) {
    for (const auto& [name, value] : headers->items()) {
      BASE_ASSIGN(
          scenario.headers[name],
          as_key(traffic::TextTemplate::parse(value.get<std::string>(), traffic::Escape::none, root, {}),
                 "headers"));
    }
  }
  if (const auto body = get<std::string>(config, "body")) {
    BASE_ASSIGN(step.body, as_key(traffic::make_body(*body, root, {}), "body"));
  }
  if (const auto expect = get<std::string>(config, "expect")) {
    BASE_ASSIGN(step.expect, as_key(traffic::StatusSet::parse(*expect), "expect"));
  }
  return scenario;
}

// A bound that names no series: a statistic is of the latency, anything else is a series of the load's.
std::string with_series(const std::string& text) {
  const std::size_t end =
      std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_."), text.size());
  const std::string head = text.substr(0, end);
  const bool statistic = head == "mean" || head == "median" || head == "min" || head == "max" ||
                         (head.size() > 1 && head[0] == 'p' && base::parse_double(head.substr(1)));
  const bool spaced = end < text.size() && text[end] == ' ';
  if (statistic && spaced) return "load.latency " + text;
  constexpr std::array<std::string_view, 4> names = {"latency", "service_time", "errors", "rate"};
  const bool own = std::ranges::find(names, head) != names.end() && (head != "rate" || spaced);
  return own && head.find('.') == std::string::npos ? "load." + text : text;
}

void read_tls(const base::Json& config, const std::filesystem::path& root, traffic::TlsOptions& tls) {
  if (const auto insecure = get<bool>(config, "insecure")) tls.insecure = *insecure;
  if (const auto file = get<std::string>(config, "ca")) tls.ca_file = root / *file;
  if (const auto name = get<std::string>(config, "sni")) tls.server_name = *name;
}

// Errors are told at the key that they speak of, which is `live` for the plan's reader.
base::Result<traffic::LiveOptions> read_live(const base::Json& config) {
  const base::Json* live = base::find(config, "live");
  if (live == nullptr || !live->is_object()) return traffic::LiveOptions{};
  traffic::LiveRequest request;
  request.remote_write = get<std::string>(*live, "remote_write").value_or("");
  request.otlp = get<std::string>(*live, "otlp").value_or("");
  request.names.prefix = get<std::string>(*live, "prefix").value_or(request.names.prefix);
  using Texts = std::map<std::string, std::string>;
  for (const auto& [name, value] : get<Texts>(*live, "headers").value_or(Texts()))
    request.headers.push_back({name, value});
  for (const auto& [name, value] : get<Texts>(*live, "labels").value_or(Texts()))
    request.names.labels.emplace_back(name, value);
  return as_key(traffic::live_options(request), "live");
}

}  // namespace

std::vector<Field> load_fields() {
  const std::vector<Field> live = {
      {.key = "remote_write",
       .type = FieldType::url,
       .description = "A receiver of Prometheus' remote-write (default path /api/v1/write)."},
      {.key = "otlp",
       .type = FieldType::url,
       .description = "A receiver of OTLP over HTTP, told in JSON (default path /v1/metrics)."},
      {.key = "headers", .type = FieldType::text_map, .description = "For the receivers, as Authorization."},
      {.key = "labels", .type = FieldType::text_map, .description = "Of every metric, besides its own."},
      {.key = "prefix",
       .type = FieldType::text,
       .description = "Of the metrics' names (default plimsoll); k6 fits dashboards made for k6."}};
  const std::vector<Field> stage = {
      {.key = "duration",
       .type = FieldType::duration,
       .required = true,
       .description = "How long the ramp takes."},
      {.key = "rate", .type = FieldType::number, .description = "Requests per second at its end."},
      {.key = "users", .type = FieldType::integer, .description = "Users at its end."}};
  return {
      {.key = "scenario",
       .type = FieldType::path,
       .description = "A scenario file (docs/load.md).",
       .content_counts = true},
      {.key = "url",
       .type = FieldType::url,
       .description = "One request's URL; with a scenario, the base of its paths."},
      {.key = "rate",
       .type = FieldType::rate,
       .description = "Requests per second, due whatever the server does (open model)."},
      {.key = "users",
       .type = FieldType::integer,
       .description = "Users who wait for each answer (closed model)."},
      {.key = "connections",
       .type = FieldType::integer,
       .description = "With a rate: at most this many connections. Else the same as users."},
      {.key = "duration",
       .type = FieldType::duration,
       .description = "How long the load lasts (default 10s)."},
      {.key = "requests",
       .type = FieldType::integer,
       .description = "So many requests, in place of a duration."},
      {.key = "stages",
       .type = FieldType::object_list,
       .description = "Linear ramps of the rate or the users, in place of a duration.",
       .fields = stage},
      {.key = "arrival",
       .type = FieldType::text,
       .description = "How a rate is spread over time.",
       .one_of = {"constant", "poisson"}},
      {.key = "think_time",
       .type = FieldType::duration,
       .description = "What a user waits between answer and next request, on average (exponential)."},
      {.key = "warmup",
       .type = FieldType::duration,
       .description = "Load before the measured part, not counted."},
      {.key = "request_timeout",
       .type = FieldType::duration,
       .description = "A request is given up this long after it was due (default 30s)."},
      {.key = "abort",
       .type = FieldType::text,
       .description =
           "The run ends when for so long no request was answered and some failed (default 1m), or `never`."},
      {.key = "insecure", .type = FieldType::boolean, .description = "https: take any certificate."},
      {.key = "ca",
       .type = FieldType::path,
       .description = "https: a PEM file of the only authorities to trust (default: the system's)."},
      {.key = "sni",
       .type = FieldType::text,
       .description = "https: the name to ask for and to verify in place of the URL's host."},
      {.key = "method",
       .type = FieldType::text,
       .description = "The request's method.",
       .one_of = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}},
      {.key = "headers", .type = FieldType::text_map, .description = "Headers besides the service's."},
      {.key = "body", .type = FieldType::text, .description = "The request's body."},
      {.key = "expect",
       .type = FieldType::text,
       .description = "Statuses that are no error, like 2xx or 200,404 (default 2xx,3xx)."},
      {.key = "live",
       .type = FieldType::object,
       .description = "Who is sent figures while the load runs.",
       .fields = live,
       .says_how_to_measure = false},
      {.key = "i_may_load",
       .type = FieldType::text,
       .description = "A host other than this machine that may be put under load."},
  };
}

base::Result<LoadConfig> read_config(const nlohmann::json& config, const std::filesystem::path& root) {
  LoadConfig result;
  if (const auto file = get<std::string>(config, "scenario")) {
    BASE_TRY(refuse_request_keys(config));
    BASE_ASSIGN(result.file, as_key(traffic::read_scenario_file(root / *file), "scenario"));
    result.base_url = get<std::string>(config, "url").value_or("");
    if (!result.base_url.empty()) {
      for (traffic::Scenario& scenario : result.file.scenarios) scenario.url.clear();
    }
  } else {
    BASE_ASSIGN(traffic::Scenario scenario, inline_scenario(config, root));
    result.file.name = scenario.name;
    result.file.scenarios.push_back(std::move(scenario));
  }
  result.allowed_host = get<std::string>(config, "i_may_load").value_or("");
  BASE_ASSIGN(result.live, read_live(config));
  for (traffic::Scenario& scenario : result.file.scenarios) read_tls(config, root, scenario.tls);
  BASE_ASSIGN(const traffic::ShapeOverrides overrides, read_overrides(config));
  if (const base::Status status = traffic::override_shapes(result.file, overrides); !status)
    return blame_key(config, status.error());
  for (const traffic::Scenario& scenario : result.file.scenarios) {
    if (const base::Status status = traffic::check_shape(scenario.shape); !status)
      return blame_key(config, status.error());
  }
  return result;
}

base::Result<std::vector<model::Rule>> scenario_rules(const nlohmann::json& config,
                                                      const std::filesystem::path& root) {
  std::vector<model::Rule> rules;
  if (!get<std::string>(config, "scenario")) return rules;
  BASE_ASSIGN(const LoadConfig read, read_config(config, root));
  for (const traffic::ScenarioThreshold& threshold : read.file.thresholds) {
    BASE_ASSIGN(model::Rule rule, rule_of(threshold));
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<std::string> scenario_names(const nlohmann::json& config, const std::filesystem::path& root) {
  const auto read = read_config(config, root);
  std::vector<std::string> names;
  if (!read || read->file.scenarios.size() < 2) return names;
  for (const traffic::Scenario& scenario : read->file.scenarios) names.push_back(scenario.name);
  return names;
}

std::vector<std::filesystem::path> scenario_data(const nlohmann::json& config,
                                                 const std::filesystem::path& root) {
  const auto read = read_config(config, root);
  return read ? read->file.data_files : std::vector<std::filesystem::path>();
}

base::Result<model::Rule> rule_of(const traffic::ScenarioThreshold& threshold) {
  const std::string text = with_series(threshold.rule);
  BASE_ASSIGN(model::Rule rule, plan::parse_rule(text, threshold.place));
  const auto hold_to = [&rule](const char* label, const std::string& value) {
    if (!value.empty()) rule.selector.matches.push_back({label, model::MatchOperator::equal, value});
  };
  hold_to("scenario", threshold.scenario);
  hold_to("route", threshold.step);
  rule.text = plan::print_rule(rule);
  return rule;
}

std::string default_name(const nlohmann::json& config) {
  if (const auto file = get<std::string>(config, "scenario"))
    return std::filesystem::path(*file).stem().string();
  const std::string url = get<std::string>(config, "url").value_or("");
  const std::size_t authority = url.find("://");
  const std::size_t path = authority == std::string::npos ? authority : url.find('/', authority + 3);
  return path == std::string::npos
             ? "/"
             : base::truncate_utf8(url.substr(path, url.find_first_of("?#", path) - path), 100);
}

}  // namespace plimsoll::probes::load
