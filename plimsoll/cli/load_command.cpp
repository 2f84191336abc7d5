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
#include "plimsoll/cli/load_store.h"
#include "plimsoll/cli/load_summary.h"
#include "plimsoll/cli/load_target.h"
#include "plimsoll/cli/load_watch.h"
#include "plimsoll/cli/load_writing.h"
#include "plimsoll/pipeline/fold.h"
#include "plimsoll/report/html.h"
#include "plimsoll/traffic/hdr_log.h"
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

base::OrderedJson document(const LoadEvidence& evidence, model::Status status,
                           std::span<const model::Judgement> judgements) {
  base::OrderedJson json = {{"plimsoll", "load"}, {"version", 1}, {"status", model::to_string(status)}};
  json.update(traffic::to_json(evidence.result));
  json["server"] = server_json({evidence.server.begin(), evidence.server.end()}, evidence.watch);
  json["judgements"] = base::OrderedJson::array();
  for (const model::Judgement& judgement : judgements)
    json["judgements"].push_back(base::OrderedJson(model::to_json(judgement)));
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
};

// `keeps`: somebody wants the slices afterwards.
base::Result<Measured> measure(const traffic::LoadPlan& plan, bool quiet, bool keeps, WatchedServer& server) {
  LiveLine live(plan, quiet);
  traffic::SliceKeeper slices;
  traffic::LoadEvents events;
  events.stop = [] { return base::interrupts::raised() != 0; };
  events.on_slice = [&](const traffic::LoadSlice& slice) {
    for (const traffic::ServerSample& sample : server.take()) live.take(sample);
    live.take(slice);
    if (keeps) slices.add(slice);
  };
  Measured measured;
  measured.began_at = base::to_unix_seconds(base::system_clock().utc() + plan.shape.warmup);
  BASE_ASSIGN(measured.result, traffic::run_load(plan, events));
  server.stop();
  measured.slices = slices.take();
  return measured;
}

base::Result<std::vector<model::Rule>> rules_of(const LoadArguments& arguments,
                                                const traffic::ScenarioFile& scenario) {
  std::vector<std::string> texts = arguments.thresholds;
  if (!arguments.soak.empty()) texts.push_back("service.memory slope < " + arguments.soak);
  return read_load_rules(texts, scenario);
}

// What was measured, to the store and the report that were asked for.
base::Status tell(const LoadArguments& arguments, const model::Snapshot& snapshot,
                  std::span<const model::SeriesData> series) {
  if (!arguments.html_file.empty())
    BASE_TRY(base::system_files().write_atomically(arguments.html_file, report::html(snapshot)));
  return arguments.common.store.empty() ? base::Status{}
                                        : keep_load(arguments.common.store, snapshot, series);
}

base::Result<int> load(const LoadArguments& arguments) {
  if (writes_scenario(arguments)) return write_scenario(arguments);
  BASE_ASSIGN(auto scenario, scenario_of(arguments));
  const std::string name = scenario.name;
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
  BASE_ASSIGN(const Measured measured, measure(plan, arguments.common.quiet, keeps, server));
  const traffic::LoadResult& result = measured.result;
  if (!arguments.hdr_file.empty()) {
    BASE_TRY(base::system_files().write_atomically(arguments.hdr_file,
                                                   traffic::hdr_log(measured.slices, measured.began_at)));
  }
  const LoadEvidence evidence{
      plan, result, measured.slices, name, measured.began_at, server.samples(), server.report()};
  BASE_ASSIGN(const auto series, series_of(evidence));
  const auto judgements = judge_load(rules, series, record_of(evidence));
  const model::Status status = status_of(result, judgements);
  if (run) {
    const model::Snapshot snapshot = load_snapshot(*run, record_of(evidence), series, judgements, status);
    BASE_TRY(tell(arguments, snapshot, series));
  }
  if (arguments.common.json) {
    print_json(document(evidence, status, judgements));
    if (result.service_was_dead()) std::cerr << load_summary(plan, result, "", {});
  } else {
    std::cout << load_summary(plan, result, server_text(server.samples(), server.report()), judgements);
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
