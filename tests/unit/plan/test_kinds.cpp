#include "test_kinds.h"

#include "base/json.h"

namespace plimsoll::plan {
namespace {

using base::Json;
using enum FieldType;

std::string stem(const Json& config, const char* key) {
  return std::filesystem::path(config.at(key).get<std::string>()).stem().string();
}

base::Status scenario_or_url(const Json& config, const std::filesystem::path&) {
  if (config.contains("scenario") == config.contains("url")) {
    return base::fail(base::ErrorCode::invalid_argument, "expected either scenario or url");
  }
  if (config.contains("connections") && config["connections"] == 0) {
    return base::fail(base::ErrorCode::invalid_argument, "connections: expected at least 1");
  }
  return {};
}

ProbeKind load_kind() {
  ProbeKind kind{.name = "load", .summary = "Sends requests on a schedule.", .shorthand = "scenario"};
  kind.fields = {
      {"scenario", path, false, "A scenario file.", {}, {}, "", true},
      {"url", url, false, "One URL to load."},
      {"rate", rate, false, "Requests per second."},
      {"duration", duration, false, "How long.", {}, {}, "10s"},
      {"connections", integer, false, "At most this many."},
      {"method", text, false, "The method.", {"GET", "POST", "PUT", "DELETE"}, {}, "GET"},
      {"headers", text_map, false, "Headers."},
      {"body", text, false, "A body."},
      {"expect", text_list, false, "Statuses that are no errors."},
      {"arrival", text, false, "How requests arrive.", {"constant", "poisson"}},
      {"stages",
       object_list,
       false,
       "Ramps.",
       {},
       {{"duration", duration, true, "How long."}, {"rate", rate, true, "To."}}},
      {"timeout", duration, false, "Of one request."},
      {"warmup", duration, false, "Not counted."},
      {.key = "live", .type = text, .description = "Who is told.", .says_how_to_measure = false},
  };
  kind.series = {{"load.latency", "seconds", model::Better::lower},
                 {"load.service_time", "seconds", model::Better::lower},
                 {"load.errors", "ratio", model::Better::lower},
                 {"load.rate", "per_second", model::Better::higher}};
  kind.identity_label = "scenario";
  kind.needs_service = true;
  kind.default_name = [](const Json& config) {
    return config.contains("scenario") ? stem(config, "scenario") : config.at("url").get<std::string>();
  };
  kind.check = scenario_or_url;
  kind.expected = [](const Json& config, const std::filesystem::path&) {
    return std::chrono::nanoseconds(static_cast<long long>(config.at("duration").get<double>() * 1e9));
  };
  return kind;
}

ProbeKind bench_kind() {
  ProbeKind kind{.name = "bench", .summary = "Runs a benchmark program.", .shorthand = "run"};
  kind.fields = {{"run", command, true, "The program."},
                 {"format",
                  text,
                  false,
                  "What it prints.",
                  {"google-benchmark", "pytest-benchmark", "hyperfine", "time"}},
                 {"repeats", integer, false, "How often.", {}, {}, "5"},
                 {"warmup", integer, false, "How often before.", {}, {}, "1"},
                 {"output", text, false, "The file it writes."},
                 {"memory", size, false, "Its limit."},
                 {"scale", number, false, "A factor."},
                 {"pinned", boolean, false, "To a core.", {}, {}, "true"},
                 {"environment", object, false, "Where.", {}, {{"host", text, true, "The host."}}}};
  kind.series = {{"bench.**", "", model::Better::lower}};
  kind.default_name = [](const Json& config) {
    return std::filesystem::path(config.at("run").at(0).get<std::string>()).filename().string();
  };
  return kind;
}

ProbeKind eval_kind() {
  ProbeKind kind{
      .name = "eval", .summary = "Asks judged questions.", .shorthand = "suite", .needs_service = true};
  kind.fields = {{"suite", path, true, "The suite.", {}, {}, "", true}};
  kind.series = {{"eval.**", "ratio", model::Better::higher}};
  kind.default_name = [](const Json& config) { return stem(config, "suite"); };
  return kind;
}

ProbeKind exec_kind() {
  ProbeKind kind{.name = "exec", .summary = "Runs any program that speaks the protocol.", .shorthand = "run"};
  kind.fields = {{"run", command, true, "The program."}, {"settings", any, false, "Handed to it."}};
  kind.series = {{"**", "", model::Better::neither}};
  return kind;
}

ProbeKind import_kind() {
  ProbeKind kind{.name = "import", .summary = "Reads a result file.", .shorthand = "file"};
  kind.fields = {{"file", text, true, "The file."},
                 {"format", text, false, "Its format.", {"junit", "k6-summary"}}};
  kind.series = {{"import.**", "", model::Better::neither},
                 {"import.findings", "count", model::Better::lower}};
  kind.default_name = [](const Json& config) { return stem(config, "file"); };
  return kind;
}

ProbeKind scan_kind() {
  ProbeKind kind{.name = "scan", .summary = "Looks for what should not be there.", .shorthand = "what"};
  kind.fields = {{"what", text, true, "What.", {"secrets", "dependencies", "licenses"}}};
  kind.series = {{"scan.findings", "count", model::Better::lower}};
  kind.default_name = [](const Json& config) { return config.at("what").get<std::string>(); };
  return kind;
}

}  // namespace

const std::vector<ProbeKind>& test_kinds() {
  static const std::vector<ProbeKind> kinds = {load_kind(), bench_kind(),  eval_kind(),
                                               exec_kind(), import_kind(), scan_kind()};
  return kinds;
}

ReadOptions test_options(std::map<std::string, std::string> environment) {
  ReadOptions options;
  options.environment = [variables =
                             std::move(environment)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  options.is_store_url = [](std::string_view text) {
    return text.find("://") == std::string_view::npos || text.starts_with("postgresql://");
  };
  return options;
}

}  // namespace plimsoll::plan
