#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/load_arguments.h"
#include "plimsoll/cli/load_limit.h"
#include "plimsoll/cli/load_live.h"
#include "plimsoll/cli/load_rules.h"
#include "plimsoll/cli/load_summary.h"
#include "plimsoll/cli/load_target.h"
#include "plimsoll/cli/load_watch.h"
#include "plimsoll/cli/load_writing.h"
#include "plimsoll/cli/report_files.h"
#include "plimsoll/pipeline/expand_rules.h"
#include "plimsoll/pipeline/fold.h"
#include "plimsoll/report/html.h"
#include "plimsoll/traffic/hdr_log.h"
#include "plimsoll/traffic/live/live_output.h"
#include "plimsoll/traffic/load_document.h"
#include "plimsoll/traffic/slice_keeper.h"

namespace plimsoll::cli {
namespace {

int exit_code(const traffic::LoadResult& result, model::Status status) {
  if (const int signal = base::interrupts::raised(); signal != 0) return 128 + signal;
  if (result.service_was_dead()) return exit_inconclusive;
  const int code = model::exit_code(status);
  return code == 0 && !result.teardown_error.empty() ? exit_inconclusive : code;
}

// null where nobody was told while it ran.
base::OrderedJson live_json(std::span<const traffic::LiveReport> reports) {
  if (reports.empty()) return nullptr;
  base::OrderedJson json = base::OrderedJson::array();
  for (const traffic::LiveReport& report : reports) {
    const bool otlp = report.protocol == traffic::LiveProtocol::otlp;
    const bool dropped = report.dropped > 0 && !report.problem.empty();
    json.push_back({{"protocol", otlp ? "otlp" : "remote_write"},
                    {"url", report.url},
                    {"sent", report.sent},
                    {"dropped", report.dropped},
                    {"problem", dropped ? base::OrderedJson(report.problem) : base::OrderedJson(nullptr)}});
  }
  return json;
}

base::OrderedJson document(const LoadEvidence& evidence, model::Status status,
                           std::span<const traffic::LiveReport> live,
                           std::span<const model::Judgement> judgements) {
  base::OrderedJson json = {{"plimsoll", "load"}, {"version", 1}, {"status", model::to_string(status)}};
  json.update(traffic::to_json(evidence.result));
  json["server"] = server_json({evidence.server.begin(), evidence.server.end()}, evidence.watch);
  json["live"] = live_json(live);
  json["judgements"] = judgement_documents(judgements);
  return json;
}

model::Status status_of(const traffic::LoadResult& result, std::span<const model::Judgement> judgements) {
  if (result.service_was_dead()) return model::Status::inconclusive;
  return judgements.empty() ? model::Status::pass : pipeline::fold(judgements);
}

// What a run left behind.
struct Measured {
  traffic::LoadResult result;
  std::vector<traffic::LoadSlice> slices;
  double began_at = 0;  // unix seconds
  std::vector<traffic::LiveReport> live;
};

// Who looks on while it runs.
struct Audience {
  LiveLine& line;
  traffic::LiveOutput& output;
};

// `keeps`: somebody wants the slices afterwards.
base::Result<Measured> measure(const traffic::LoadPlan& plan, Audience audience, bool keeps,
                               WatchedServer& server) {
  traffic::SliceKeeper slices;
  traffic::LoadEvents events;
  events.stop = [] { return base::interrupts::raised() != 0; };
  events.on_slice = [&](const traffic::LoadSlice& slice) {
    for (const traffic::ServerSample& sample : server.take()) {
      audience.line.take(sample);
      audience.output.take(sample);
    }
    audience.line.take(slice);
    audience.output.take(slice);
    if (keeps) slices.add(slice);
  };
  Measured measured;
  measured.began_at = base::to_unix_seconds(base::system_clock().utc() + plan.shape.warmup);
  BASE_ASSIGN(measured.result, traffic::run_load(plan, events));
  server.stop();
  measured.live = audience.output.finish();
  measured.slices = slices.take();
  return measured;
}

base::Result<Measured> measure_before(const LoadArguments& arguments, const traffic::LoadPlan& plan,
                                      const std::string& name, bool keeps, WatchedServer& server) {
  BASE_ASSIGN(const traffic::LiveOptions options, live_options_of(arguments));
  LiveLine line(plan, arguments.common.quiet);
  traffic::LiveOutput output(plan, name, options);
  return measure(plan, {line, output}, keeps, server);
}

// What was seen beside the load's own figures.
std::string surroundings(const WatchedServer& server, std::span<const traffic::LiveReport> live) {
  std::string text = server_text(server.samples(), server.report());
  for (const traffic::LiveReport& report : live) text += "  live       " + traffic::live_text(report) + "\n";
  return text;
}

base::Result<std::vector<model::Rule>> rules_of(const LoadArguments& arguments,
                                                const traffic::ScenarioFile& scenario) {
  std::vector<std::string> texts = arguments.thresholds;
  if (!arguments.soak.empty()) texts.push_back("service.memory slope < " + arguments.soak);
  return read_load_rules(texts, scenario);
}

// One rate is stepped, in many short runs.
base::Status check_limit_search(const LoadArguments& arguments, const traffic::ScenarioFile& scenario) {
  if (scenario.scenarios.size() > 1) {
    return base::fail(base::ErrorCode::invalid_argument,
                      "--find-limit steps the rate of one scenario; " + arguments.target + " holds several",
                      "write the one whose limit is asked for into a file of its own");
  }
  if (!arguments.remote_write.empty() || !arguments.otlp.empty()) {
    return base::fail(base::ErrorCode::invalid_argument,
                      "--find-limit makes many short runs and tells nobody while they run",
                      "leave --remote-write and --otlp out");
  }
  return {};
}

// What was measured, to the store and the report that were asked for.
base::Status tell(const LoadArguments& arguments, const model::Snapshot& snapshot,
                  std::span<const model::SeriesData> series) {
  if (!arguments.html_file.empty()) BASE_TRY(write_report(arguments.html_file, report::html(snapshot)));
  return arguments.common.store.empty() ? base::Status{}
                                        : keep_snapshot(arguments.common.store, snapshot, series);
}

base::Result<int> load(const LoadArguments& arguments) {
  if (writes_scenario(arguments)) return write_scenario(arguments);
  BASE_ASSIGN(auto scenario, scenario_of(arguments));
  const std::string name = scenario.name;
  if (arguments.find_limit) BASE_TRY(check_limit_search(arguments, scenario));
  BASE_ASSIGN(const auto rules, rules_of(arguments, scenario));
  BASE_ASSIGN(traffic::LoadPlan plan, plan_of(arguments, std::move(scenario)));
  if (arguments.find_limit) return find_limit(arguments, plan, rules, name);
  add_edges(rules, plan);
  BASE_ASSIGN(const traffic::WatchOptions watch, watch_options(arguments, plan));
  if (!arguments.common.quiet) std::cerr << "· " << load_headline(plan) << std::endl;

  std::optional<model::Run> run;  // begun before the load is
  if (!arguments.common.store.empty() || !arguments.html_file.empty()) {
    BASE_ASSIGN(run, new_run(""));
  }
  WatchedServer server(watch);
  const bool keeps = run || !rules.empty() || !arguments.hdr_file.empty();
  BASE_ASSIGN(const Measured measured, measure_before(arguments, plan, name, keeps, server));
  const traffic::LoadResult& result = measured.result;
  if (!arguments.hdr_file.empty()) {
    BASE_TRY(write_report(arguments.hdr_file, traffic::hdr_log(measured.slices, measured.began_at)));
  }
  const LoadEvidence evidence{plan,
                              result,
                              measured.slices,
                              name,
                              measured.began_at,
                              server.samples(),
                              server.report(),
                              pipeline::named_series(rules)};
  BASE_ASSIGN(const auto series, series_of(evidence));
  const auto judgements = judge_load(rules, series, record_of(evidence));
  const model::Status status = status_of(result, judgements);
  if (run) {
    const model::Snapshot snapshot = snapshot_of_one(*run, record_of(evidence), series, judgements, status);
    BASE_TRY(tell(arguments, snapshot, series));
  }
  if (arguments.common.json) {
    print_json(document(evidence, status, measured.live, judgements));
    if (result.service_was_dead()) std::cerr << load_summary(plan, result, "", {});
  } else {
    std::cout << load_summary(plan, result, surroundings(server, measured.live), judgements);
  }
  if (!result.teardown_error.empty()) std::cerr << base::printable(result.teardown_error) << std::endl;
  return exit_code(result, status);
}

}  // namespace

void add_load(Commands& commands) {
  auto arguments = std::make_shared<LoadArguments>();
  CLI::App& command = commands.add(
      "load", "put load on a service and measure latency from when each request was due",
      "plimsoll load http://127.0.0.1:8080/health -r 400 -d 10s --threshold \"load.latency p99 < 50ms\"");
  add_common_options(command, arguments->common);
  add_load_options(command, *arguments);
  commands.on_run(command, [arguments] {
    const base::Result<int> result = load(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
