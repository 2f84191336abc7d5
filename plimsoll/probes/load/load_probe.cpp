#include "plimsoll/probes/load/load_probe.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/model/saturation.h"
#include "plimsoll/plan/detect/openapi.h"
#include "plimsoll/probes/load/load_config.h"
#include "plimsoll/probes/load/load_series.h"
#include "plimsoll/probes/load/service_series.h"
#include "plimsoll/traffic/scenario/shape_overrides.h"

namespace plimsoll::probes::load {
namespace {

constexpr double seconds_between_lines = 5;
constexpr base::Nanoseconds longest_repeated = std::chrono::seconds(30);

// What shall be run, watched and told while it runs.
struct Load {
  traffic::LoadPlan plan;
  traffic::WatchOptions watch;
  traffic::LiveOptions live;
};

base::Result<traffic::LoadPlan> make_plan(const Task& task, LoadConfig& config) {
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

base::Result<Load> load_of(const Task& task) {
  BASE_ASSIGN(const base::Json json, base::parse_json(task.config_json, "the probe's configuration"));
  BASE_ASSIGN(LoadConfig config, read_config(json, task.root));
  Load load;
  BASE_ASSIGN(load.plan, make_plan(task, config));
  BASE_ASSIGN(load.watch, watch_options(task, load.plan));
  load.live = std::move(config.live);
  return load;
}

// One run of the load. What it saw goes to the recorder at once, or where it is `held` when tell() says so: a
// run that may be made again must not have been told of.
class Attempt {
 public:
  Attempt(const Load& load, const Task& task, Recorder& recorder, ServiceWriter& service, bool held)
      : load_(load),
        recorder_(recorder),
        service_(service),
        scenario_(task.name),
        named_(task.named_series),
        held_(held),
        began_at_(base::to_unix_seconds(base::system_clock().utc() + load.plan.shape.warmup)) {
    if (load.watch.any()) watch_ = std::make_unique<traffic::ServerWatch>(load.watch);
  }

  base::Result<traffic::LoadResult> run(traffic::LiveOutput& live) {
    if (!held_) BASE_TRY(declare());
    traffic::LoadEvents events;
    events.on_slice = [&](const traffic::LoadSlice& slice) { take(slice, live); };
    events.stop = [&] { return base::interrupts::raised() != 0 || !status_; };
    BASE_ASSIGN(traffic::LoadResult result, traffic::run_load(load_.plan, events));
    BASE_TRY(status_);
    if (watch_) watch_->stop();
    return result;
  }

  // What was held back, the server's last sample, and what there is to say of the watch.
  base::Status tell() {
    if (held_) BASE_TRY(declare());
    held_ = false;
    for (const traffic::LoadSlice& slice : std::exchange(slices_, {})) BASE_TRY(writer_->write(slice));
    return tell_server([](const traffic::ScrapedMetric&) { return true; });
  }

  // Of a saturated run in whose place another one is made: what saturation does not spoil is evidence, and a
  // peak of memory may not come twice.
  base::Status tell_unspoilt() {
    return tell_server(
        [](const traffic::ScrapedMetric& metric) { return !model::is_spoilt_by_saturation(metric.unit); });
  }

 private:
  // The samples that were not told yet, with those of its own metrics that count.
  base::Status tell_server(const std::function<bool(const traffic::ScrapedMetric&)>& counts) {
    if (!watch_) return {};
    for (const traffic::ServerSample& sample : watch_->take()) samples_.push_back(sample);
    const traffic::WatchReport report = watch_->report();
    for (traffic::ServerSample& sample : samples_) {
      std::erase_if(sample.metrics, [&](const traffic::ScrapedValue& value) {
        return value.metric >= report.metrics.size() || !counts(report.metrics[value.metric]);
      });
    }
    BASE_TRY(service_.write(std::exchange(samples_, {}), report.metrics, began_at_));
    for (const std::string& line : traffic::remarks(report)) BASE_TRY(recorder_.log(line));
    return {};
  }

  base::Status declare() {
    auto writer = SeriesWriter::declare(recorder_, scenario_, load_.plan, began_at_, named_);
    if (!writer) return std::unexpected(writer.error());
    writer_ = *std::move(writer);
    return {};
  }

  void take(const traffic::LoadSlice& slice, traffic::LiveOutput& live) {
    if (!status_) return;
    if (watch_) {
      for (const traffic::ServerSample& sample : watch_->take()) {
        live.take(sample);
        samples_.push_back(sample);
      }
    }
    live.take(slice);
    status_ = held_ ? hold(slice) : write(slice);
    if (status_) status_ = narrate(slice);
  }

  base::Status hold(const traffic::LoadSlice& slice) {
    slices_.push_back(slice);
    return {};
  }

  base::Status write(const traffic::LoadSlice& slice) {
    BASE_TRY(writer_->write(slice));
    if (samples_.empty()) return {};
    return service_.write(std::exchange(samples_, {}), watch_->report().metrics, began_at_);
  }

  // A line every few seconds.
  base::Status narrate(const traffic::LoadSlice& slice) {
    const double end = slice.start_seconds + slice.seconds;
    for (const traffic::RouteSlice& route : slice.routes) {
      requests_ += route.requests;
      errors_ += traffic::total(route.errors);
    }
    if (end < next_line_) return {};
    next_line_ = end + seconds_between_lines;
    return recorder_.log(fmt::format("{:.0f} s: {} requests, {} errors", end, requests_, errors_));
  }

  const Load& load_;
  Recorder& recorder_;
  ServiceWriter& service_;
  std::string scenario_;
  const std::set<std::string>& named_;  // series
  bool held_;
  double began_at_;
  std::optional<SeriesWriter> writer_;
  std::unique_ptr<traffic::ServerWatch> watch_;
  std::vector<traffic::LoadSlice> slices_;      // that are held back
  std::vector<traffic::ServerSample> samples_;  // that were not told yet
  base::Status status_;
  std::uint64_t requests_ = 0;
  std::uint64_t errors_ = 0;
  double next_line_ = seconds_between_lines;
};

// A short load by itself may be run once more where the generator fell behind: on a busy machine the second
// try is often in time. Nothing of the service is passed over: its set-up would have to be undone, a run with
// an error in it stands, and what was seen of the server counts in both.
bool may_repeat(const Load& load, const Task& task) {
  const base::Nanoseconds length = traffic::expected_length(load.plan.shape);
  return length.count() > 0 && length <= longest_repeated && !load.plan.setup && !load.plan.teardown &&
         !task.has_company;
}

bool shall_repeat(const traffic::LoadResult& result) {
  return result.generator.saturated && !result.interrupted && !result.service_was_dead() &&
         traffic::total(result.all.errors) == 0 && result.open_at_end == 0;
}

base::Status tell_live(Recorder& recorder, traffic::LiveOutput& live) {
  for (const traffic::LiveReport& report : live.finish())
    BASE_TRY(recorder.fact("live", traffic::live_text(report)));
  return {};
}

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
  BASE_ASSIGN(const Load load, load_of(task));
  traffic::LiveOutput live(load.plan, task.name, load.live);
  ServiceWriter service(recorder, task.name);
  auto attempt = std::make_unique<Attempt>(load, task, recorder, service, may_repeat(load, task));
  BASE_ASSIGN(traffic::LoadResult result, attempt->run(live));
  if (may_repeat(load, task) && shall_repeat(result)) {
    BASE_TRY(recorder.log(saturation(result) + "; the load is run once more"));
    BASE_TRY(
        recorder.fact("run twice", "times and rates of the first are not counted: " + saturation(result)));
    BASE_TRY(attempt->tell_unspoilt());
    attempt = std::make_unique<Attempt>(load, task, recorder, service, true);
    BASE_ASSIGN(result, attempt->run(live));
  }
  BASE_TRY(attempt->tell());
  BASE_TRY(tell_live(recorder, live));
  if (result.service_was_dead()) {
    return base::fail(base::ErrorCode::unavailable, traffic::why_it_ended(load.plan, result));
  }
  if (result.interrupted)
    return base::fail(base::ErrorCode::cancelled,
                      "ended by " + base::signal_name(base::interrupts::raised()));
  BASE_TRY(tell_facts(recorder, result));
  if (result.generator.saturated) return Done{model::Reason::saturated, saturation(result)};
  return Done{};
}

}  // namespace plimsoll::probes::load
