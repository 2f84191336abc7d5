#include <cstdio>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "base/units.h"
#include "net/headers.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/header_options.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/load_rules.h"
#include "plimsoll/cli/load_store.h"
#include "plimsoll/cli/load_summary.h"
#include "plimsoll/pipeline/fold.h"
#include "plimsoll/traffic/hdr_log.h"
#include "plimsoll/traffic/load_document.h"
#include "plimsoll/traffic/scenario.h"
#include "plimsoll/traffic/shape_overrides.h"
#include "plimsoll/traffic/slice_keeper.h"

namespace plimsoll::cli {
namespace {

using base::ErrorCode;

struct LoadArguments {
  CommonOptions common;
  std::string target, base_url;
  std::optional<int> connections;
  std::optional<double> rate;
  std::string duration, stages, think_time, timeout, warmup, arrival;
  std::optional<std::uint64_t> requests;
  std::string method, body, expect;
  std::vector<std::string> headers, thresholds;
  std::string allowed_host, hdr_file;
  std::uint64_t seed = 1;
  int threads = 0;
};

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

base::Result<traffic::Scenario> scenario_of(const LoadArguments& arguments) {
  if (arguments.target.find("://") != std::string::npos) return one_request(arguments);
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
  auto scenario = traffic::read_scenario(arguments.target);
  if (!scenario && scenario.error().code == ErrorCode::not_found)
    scenario.error().code = ErrorCode::invalid_argument;
  return scenario;
}

base::Result<traffic::LoadPlan> plan_of(const LoadArguments& arguments, traffic::Scenario scenario) {
  BASE_ASSIGN(const traffic::ShapeOverrides overrides, overrides_of(arguments));
  scenario.shape = traffic::with_overrides(scenario.shape, overrides);
  if (!arguments.base_url.empty() && scenario.url.find("{port}") == std::string::npos) scenario.url.clear();
  BASE_ASSIGN(const auto headers, parse_headers(arguments.headers));
  BASE_ASSIGN(traffic::LoadPlan plan, traffic::make_plan(scenario, arguments.base_url, headers));
  plan.allowed_host = base::to_lower_ascii(arguments.allowed_host);
  plan.seed = arguments.seed;
  plan.threads = arguments.threads;
  return plan;
}

// A line that is rewritten on a terminal, a line every five seconds elsewhere.
class LiveLine {
 public:
  explicit LiveLine(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) != 0) {}
  ~LiveLine() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }

  void take(const traffic::LoadSlice& slice) {
    if (quiet_) return;
    const double end = slice.start_seconds + slice.seconds;
    for (const traffic::RouteSlice& route : slice.routes) {
      requests_ += route.requests;
      errors_ += traffic::total(route.errors);
      recent_.merge(route.latency);
    }
    const double length = end - begun_;
    if (length < (terminal_ ? 0.5 : 5)) return;
    const std::string line = fmt::format(
        "{:.0f} s  {:.0f}/s  p50 {}  p99 {}  {} errors", end, static_cast<double>(recent_.count()) / length,
        base::format_seconds(recent_.percentile(50)), base::format_seconds(recent_.percentile(99)), errors_);
    std::fputs((terminal_ ? "\r\x1b[K  " + line : "· " + line + "\n").c_str(), stderr);
    shown_ = terminal_;
    begun_ = end;
    recent_ = {};
  }

 private:
  bool quiet_;
  bool terminal_;
  bool shown_ = false;
  double begun_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t errors_ = 0;
  base::Histogram recent_;
};

int exit_code(const traffic::LoadResult& result, model::Status status) {
  if (const int signal = base::interrupts::raised(); signal != 0) return 128 + signal;
  if (result.unreachable) return exit_inconclusive;
  return model::exit_code(status);
}

base::OrderedJson document(const traffic::LoadResult& result, model::Status status,
                           std::span<const model::Judgement> judgements) {
  base::OrderedJson json = {{"plimsoll", "load"}, {"version", 1}, {"status", model::to_string(status)}};
  json.update(traffic::to_json(result));
  json["judgements"] = base::OrderedJson::array();
  for (const model::Judgement& judgement : judgements)
    json["judgements"].push_back(base::OrderedJson(model::to_json(judgement)));
  return json;
}

model::Status status_of(const traffic::LoadResult& result, std::span<const model::Judgement> judgements) {
  if (result.unreachable) return model::Status::inconclusive;
  return judgements.empty() ? model::Status::pass : pipeline::fold(judgements);
}

base::Result<traffic::LoadResult> measure(const traffic::LoadPlan& plan, bool quiet,
                                          traffic::SliceKeeper* slices) {
  LiveLine live(quiet);
  traffic::LoadEvents events;
  events.stop = [] { return base::interrupts::raised() != 0; };
  events.on_slice = [&](const traffic::LoadSlice& slice) {
    live.take(slice);
    if (slices != nullptr) slices->add(slice);
  };
  return traffic::run_load(plan, events);
}

base::Result<int> load(const LoadArguments& arguments) {
  BASE_ASSIGN(traffic::Scenario scenario, scenario_of(arguments));
  const std::string name = scenario.name;
  BASE_ASSIGN(const auto rules, read_load_rules(arguments.thresholds, name));
  BASE_ASSIGN(traffic::LoadPlan plan, plan_of(arguments, std::move(scenario)));
  add_edges(rules, plan);
  if (!arguments.common.quiet) std::cerr << "· " << load_headline(plan) << std::endl;

  std::optional<model::Run> run;  // begun before the load is
  if (!arguments.common.store.empty()) {
    BASE_ASSIGN(run, new_run(""));
  }
  traffic::SliceKeeper slices;
  const bool keeps = run || !rules.empty() || !arguments.hdr_file.empty();
  const double began_at = base::to_unix_seconds(base::system_clock().utc() + plan.shape.warmup);
  BASE_ASSIGN(const traffic::LoadResult result,
              measure(plan, arguments.common.quiet, keeps ? &slices : nullptr));

  const std::vector<traffic::LoadSlice> kept = slices.take();
  if (!arguments.hdr_file.empty()) {
    BASE_TRY(base::system_files().write_atomically(arguments.hdr_file, traffic::hdr_log(kept, began_at)));
  }
  const LoadEvidence evidence{plan, result, kept, name, began_at};
  BASE_ASSIGN(const auto series, series_of(evidence));
  const auto judgements = judge_load(rules, series, record_of(evidence));
  const model::Status status = status_of(result, judgements);
  if (run) {
    BASE_TRY(keep_load(arguments.common.store, *run, record_of(evidence), series, judgements, status));
  }
  if (arguments.common.json) {
    print_json(document(result, status, judgements));
    if (result.unreachable) std::cerr << load_summary(plan, result, {});
  } else {
    std::cout << load_summary(plan, result, judgements);
  }
  return exit_code(result, status);
}

void add_options(CLI::App& command, LoadArguments& arguments) {
  command.add_option("target", arguments.target, "a URL, or a scenario file")
      ->required()
      ->type_name("URL|SCENARIO.yaml");
  command
      .add_option("-c,--connections", arguments.connections,
                  "a closed loop of N users; with a rate, at most N connections")
      ->type_name("N");
  command.add_option("-r,--rate", arguments.rate, "requests due each second, whatever the server does")
      ->type_name("R");
  command.add_option("-d,--duration", arguments.duration, "how long (default 10s)")->type_name("D");
  command.add_option("-n,--requests", arguments.requests, "how many, in place of a duration")->type_name("N");
  command.add_option("--stages", arguments.stages, "linear ramps of the rate: 30s:100,2m:1000")
      ->type_name("D:R,…");
  command.add_option("--arrival", arguments.arrival, "how a rate is spread over time (default constant)")
      ->check(CLI::IsMember({"constant", "poisson"}));
  command
      .add_option("--think-time", arguments.think_time,
                  "of a user between answer and next request, on average")
      ->type_name("D");
  command.add_option("--method,-X", arguments.method, "the request's method")
      ->check(CLI::IsMember({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}));
  command.add_option("--header,-H", arguments.headers, "\"Name: value\", again for more")
      ->allow_extra_args(false)
      ->type_name("H");
  command.add_option("--body", arguments.body, "the request's body, or @FILE")->type_name("S|@F");
  command.add_option("--expect", arguments.expect, "statuses that are no error (default 2xx,3xx)")
      ->type_name("LIST");
  command
      .add_option("--timeout", arguments.timeout,
                  "a request is given up so long after it was due (default 30s)")
      ->type_name("D");
  command.add_option("--warmup", arguments.warmup, "load before the measured part, not counted")
      ->type_name("D");
  command
      .add_option("--threshold", arguments.thresholds,
                  "a rule like \"load.latency p99 < 50ms\", again for more")
      ->allow_extra_args(false)
      ->type_name("RULE");
  command.add_option("--hdr", arguments.hdr_file, "write an HdrHistogram log of the latencies")
      ->type_name("FILE");
  command.add_option("--url", arguments.base_url, "where a scenario's paths are asked for")->type_name("URL");
  command
      .add_option("--i-may-load", arguments.allowed_host,
                  "a host other than this machine that you may put under load")
      ->type_name("HOST");
  command.add_option("--seed", arguments.seed, "of arrivals and generated values")->capture_default_str();
  command.add_option("--threads", arguments.threads, "of the generator (default: as many as are worth it)")
      ->check(CLI::Range(1, 64));
}

}  // namespace

void add_load(Commands& commands) {
  auto arguments = std::make_shared<LoadArguments>();
  CLI::App& command = commands.add(
      "load", "put load on a service and measure latency from when each request was due",
      "plimsoll load http://127.0.0.1:8080/health -r 400 -d 10s --threshold \"load.latency p99 < 50ms\"");
  add_common_options(command, arguments->common);
  add_options(command, *arguments);
  commands.on_run(command, [arguments] {
    const base::Result<int> result = load(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
