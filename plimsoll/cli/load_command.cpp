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
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/load_arguments.h"
#include "plimsoll/cli/load_rules.h"
#include "plimsoll/cli/load_store.h"
#include "plimsoll/cli/load_summary.h"
#include "plimsoll/cli/load_target.h"
#include "plimsoll/cli/load_writing.h"
#include "plimsoll/pipeline/fold.h"
#include "plimsoll/traffic/hdr_log.h"
#include "plimsoll/traffic/load_document.h"
#include "plimsoll/traffic/slice_keeper.h"

namespace plimsoll::cli {
namespace {

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
  if (result.service_was_dead()) return exit_inconclusive;
  const int code = model::exit_code(status);
  return code == 0 && !result.teardown_error.empty() ? exit_inconclusive : code;
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
  if (result.service_was_dead()) return model::Status::inconclusive;
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
  if (writes_scenario(arguments)) return write_scenario(arguments);
  BASE_ASSIGN(traffic::ScenarioFile scenario, scenario_of(arguments));
  const std::string name = scenario.name;
  BASE_ASSIGN(const auto rules, read_load_rules(arguments.thresholds, scenario));
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
    if (result.service_was_dead()) std::cerr << load_summary(plan, result, {});
  } else {
    std::cout << load_summary(plan, result, judgements);
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
