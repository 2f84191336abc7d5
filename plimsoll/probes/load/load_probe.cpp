#include "plimsoll/probes/load/load_probe.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/plan/detect/openapi.h"
#include "plimsoll/probes/load/load_config.h"
#include "plimsoll/probes/load/load_series.h"
#include "plimsoll/probes/load/service_series.h"
#include "plimsoll/traffic/shape_overrides.h"

namespace plimsoll::probes::load {
namespace {

constexpr double seconds_between_lines = 5;

base::Result<traffic::LoadPlan> make_plan(const Task& task) {
  BASE_ASSIGN(const base::Json json, base::parse_json(task.config_json, "the probe's configuration"));
  BASE_ASSIGN(LoadConfig config, read_config(json, task.root));
  if (task.extend.count() > 0) {
    for (traffic::Scenario& scenario : config.file.scenarios)
      scenario.shape = traffic::with_length(scenario.shape, task.extend);
  }
  const std::string& base_url = config.base_url.empty() ? task.service_url : config.base_url;
  BASE_ASSIGN(traffic::LoadPlan plan, traffic::make_plan(config.file, base_url, task.headers));
  plan.allowed_host = config.allowed_host;
  set_edges(plan, task.edges);
  plan.seed = task.seed;
  return plan;
}

// What a reader of the report wants to know besides the series.
base::Status tell_facts(Recorder& recorder, const traffic::LoadResult& result) {
  BASE_TRY(recorder.fact("requests", base::format_count(static_cast<double>(result.all.requests))));
  const std::string wanted = result.intended_rate ? fmt::format(" of {:.4g}/s", *result.intended_rate) : "";
  BASE_TRY(recorder.fact("achieved rate", fmt::format("{:.4g}/s{}", result.achieved_rate, wanted)));
  if (const std::uint64_t errors = traffic::total(result.all.errors); errors > 0) {
    std::string kinds;
    for (std::size_t kind = 0; kind < traffic::error_kinds; ++kind) {
      if (result.all.errors[kind] == 0) continue;
      kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", result.all.errors[kind],
                           to_string(static_cast<traffic::ErrorKind>(kind)));
    }
    BASE_TRY(recorder.fact("errors", fmt::format("{} ({})", errors, kinds)));
  }
  for (const traffic::CheckResult& check : result.checks) {
    if (check.counts.failed == 0) continue;
    BASE_TRY(recorder.fact("check " + check.name,
                           fmt::format("{} of {} at {} did not hold", check.counts.failed,
                                       check.counts.passed + check.counts.failed, check.route)));
  }
  if (!result.teardown_error.empty()) BASE_TRY(recorder.fact("tear-down", result.teardown_error));
  return recorder.fact("generator", fmt::format("{} of CPU time, {} late sends",
                                                base::format_seconds(result.generator.cpu_seconds),
                                                result.generator.late_sends));
}

std::string saturation(const traffic::LoadResult& result) {
  const traffic::GeneratorResult& generator = result.generator;
  std::string why =
      fmt::format("the load generator itself fell behind: {} requests were sent late", generator.late_sends);
  if (generator.run_queue_wait_seconds > 0.01 * result.duration_seconds) {
    why += fmt::format("; it waited {} for a core", base::format_seconds(generator.run_queue_wait_seconds));
  }
  return why;
}

// What the server does meanwhile, to the recorder.
class ServiceWatcher {
 public:
  ServiceWatcher(Recorder& recorder, const std::string& scenario, double began_at,
                 const traffic::WatchOptions& options)
      : recorder_(recorder), writer_(recorder, scenario), began_at_(began_at) {
    if (options.any()) watch_ = std::make_unique<traffic::ServerWatch>(options);
  }

  base::Status write() {
    if (!watch_) return {};
    const std::vector<traffic::ServerSample> samples = watch_->take();
    return samples.empty() ? base::Status{} : writer_.write(samples, watch_->report().metrics, began_at_);
  }

  // The last sample, and what there is to say.
  base::Status finish() {
    if (!watch_) return {};
    watch_->stop();
    BASE_TRY(write());
    for (const std::string& line : traffic::remarks(watch_->report())) BASE_TRY(recorder_.log(line));
    return {};
  }

 private:
  Recorder& recorder_;
  ServiceWriter writer_;
  double began_at_;
  std::unique_ptr<traffic::ServerWatch> watch_;
};

// The service that Plimsoll started, or whoever listens where the load goes; and its metrics.
base::Result<traffic::WatchOptions> watch_options(const Task& task, const traffic::LoadPlan& plan) {
  traffic::WatchOptions options;
  options.pid = static_cast<pid_t>(task.service_pid);
  if (options.pid == 0 && plan.target.is_loopback())
    options.pid = traffic::listening_process(plan.target.port).value_or(0);
  options.interval = traffic::watch_interval(plan.shape);
  if (task.metrics_path.empty() || task.service_url.empty()) return options;
  traffic::ScrapeOptions scrape;
  BASE_ASSIGN(scrape.url, net::parse_url(task.service_url));
  scrape.url.path = task.metrics_path;
  scrape.url.query.clear();
  for (const auto& [name, value] : task.headers) scrape.headers.push_back({name, value});
  options.scrape = std::move(scrape);
  return options;
}

// Slices to the recorder, a line of progress every few seconds; stops the run where nobody reads any more.
class Narrator {
 public:
  Narrator(Recorder& recorder, SeriesWriter writer, ServiceWatcher& service)
      : recorder_(recorder), writer_(std::move(writer)), service_(service) {}

  void take(const traffic::LoadSlice& slice) {
    if (!status_) return;
    status_ = writer_.write(slice);
    if (status_) status_ = service_.write();
    const double end = slice.start_seconds + slice.seconds;
    for (const traffic::RouteSlice& route : slice.routes) {
      requests_ += route.requests;
      errors_ += traffic::total(route.errors);
    }
    if (status_ && end >= next_line_) {
      next_line_ = end + seconds_between_lines;
      status_ = recorder_.log(fmt::format("{:.0f} s: {} requests, {} errors", end, requests_, errors_));
    }
  }

  const base::Status& status() const { return status_; }

 private:
  Recorder& recorder_;
  SeriesWriter writer_;
  ServiceWatcher& service_;
  base::Status status_;
  std::uint64_t requests_ = 0;
  std::uint64_t errors_ = 0;
  double next_line_ = seconds_between_lines;
};

base::Status check(const nlohmann::json& config, const std::filesystem::path& root) {
  BASE_TRY(read_config(config, root));
  return {};
}

std::chrono::nanoseconds expected(const nlohmann::json& config, const std::filesystem::path& root) {
  const auto read = read_config(config, root);
  if (!read) return {};
  std::chrono::nanoseconds longest{};
  for (const traffic::Scenario& scenario : read->file.scenarios)
    longest = std::max(longest, scenario.start + traffic::expected_length(scenario.shape));
  return longest;
}

}  // namespace

plan::ProbeKind kind() {
  plan::ProbeKind load;
  load.name = "load";
  load.summary = "puts load on the service and measures latency from when each request was due";
  load.fields = load_fields();
  load.shorthand = "scenario";
  load.series = load_series_patterns();
  for (const plan::SeriesPattern& series : service_series_patterns()) load.series.push_back(series);
  load.identity_label = "scenario";
  load.needs_service = true;
  load.extendable = true;
  load.default_name = default_name;
  load.check = check;
  load.expected = expected;
  load.rules = scenario_rules;
  load.identities = scenario_names;
  load.counted_files = scenario_data;
  load.detect = plan::detect::openapi;
  return load;
}

std::unique_ptr<Probe> make() {
  return std::make_unique<LoadProbe>();
}

base::Result<Done> LoadProbe::run(const Task& task, Recorder& recorder) {
  BASE_ASSIGN(const traffic::LoadPlan plan, make_plan(task));
  const double began_at = base::to_unix_seconds(base::system_clock().utc() + plan.shape.warmup);
  BASE_ASSIGN(SeriesWriter writer, SeriesWriter::declare(recorder, task.name, plan.routes, began_at));
  BASE_ASSIGN(const traffic::WatchOptions watch, watch_options(task, plan));
  ServiceWatcher service(recorder, task.name, began_at, watch);
  Narrator narrator(recorder, std::move(writer), service);
  traffic::LoadEvents events;
  events.on_slice = [&](const traffic::LoadSlice& slice) { narrator.take(slice); };
  events.stop = [&] { return base::interrupts::raised() != 0 || !narrator.status(); };
  BASE_ASSIGN(const traffic::LoadResult result, traffic::run_load(plan, events));
  BASE_TRY(narrator.status());
  BASE_TRY(service.finish());
  if (result.service_was_dead()) {
    return base::fail(base::ErrorCode::unavailable, traffic::why_it_ended(plan, result));
  }
  if (result.interrupted)
    return base::fail(base::ErrorCode::cancelled,
                      "ended by " + base::signal_name(base::interrupts::raised()));
  BASE_TRY(tell_facts(recorder, result));
  if (result.generator.saturated) return Done{model::Reason::saturated, saturation(result)};
  return Done{};
}

}  // namespace plimsoll::probes::load
