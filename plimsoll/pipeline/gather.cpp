#include "plimsoll/pipeline/gather.h"

#include <algorithm>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/process.h"
#include "base/units.h"
#include "net/url.h"
#include "plimsoll/pipeline/expand_rules.h"
#include "plimsoll/pipeline/run_probe.h"
#include "plimsoll/plan/read_plan.h"
#include "plimsoll/probes/catalogue.h"
#include "plimsoll/traffic/watch/guarded_service.h"

namespace plimsoll::pipeline {
namespace {

// Every text inside a probe's configuration, with what only the run knows.
base::Result<base::Json> expand_json(const base::Json& json, const plan::Placeholders& values) {
  if (json.is_string()) {
    BASE_ASSIGN(std::string text, plan::expand(json.get_ref<const std::string&>(), values));
    return base::Json(std::move(text));
  }
  if (!json.is_structured()) return json;
  base::Json result = json;
  for (base::Json& child : result) {
    BASE_ASSIGN(child, expand_json(child, values));
  }
  return result;
}

std::string stamp(base::UtcTime time) {
  return base::to_rfc3339(time);
}

}  // namespace

// The service that is worked on, and what became of it.
class Gatherer::Session {
 public:
  Session(const plan::Plan& plan, const GatherOptions& options, evidence::RunWriter& writer,
          Progress& progress, base::TemporaryFolder folder)
      : plan_(plan),
        options_(options),
        writer_(writer),
        progress_(progress),
        folder_(std::move(folder)),
        workdir_(folder_.path()) {}

  base::Result<std::vector<model::ProbeRecord>> run(const ProbeGroup& group,
                                                    std::chrono::nanoseconds extend) {
    std::vector<model::ProbeRecord> records;
    for (const plan::ProbePlan* probe : group) {
      records.push_back({.kind = probe->kind, .name = probe->name, .config_digest = probe->digest()});
    }
    const bool fresh = group.front()->fresh_state && wants_service(group);
    if (fresh) stop_service();
    if (wants_service(group) && !ensure_service()) {
      for (model::ProbeRecord& record : records) {
        note_crash(record, "skipped", "not run: " + *gathered_.service_death);
      }
    } else {
      BASE_TRY(measure(group, extend, records));
    }
    if (fresh) stop_service();
    BASE_TRY(interrupted());
    return records;
  }

  void set_block(std::optional<std::int32_t> block) { options_.block = block; }

  Gathered finish() {
    stop_service();
    return std::move(gathered_);
  }

 private:
  static base::Status interrupted() {
    const int signal = base::interrupts::raised();
    if (signal == 0) return {};
    return base::fail(base::ErrorCode::cancelled, "ended by " + base::signal_name(signal));
  }

  bool wants_service(const ProbeGroup& group) const {
    return plan_.service && std::ranges::any_of(group, [](const plan::ProbePlan* probe) {
             const plan::ProbeKind* kind = find_kind(probe->kind);
             return kind != nullptr && (kind->needs_service || kind->uses_service);
           });
  }

  // Starts the service where it does not run yet; false where it cannot be had (service_death says why).
  bool ensure_service() {
    if (gathered_.service_death) return false;
    if (service_ || !plan_.service->url.empty()) return true;
    progress_.step("starting the service");
    auto started = start_service();
    if (started) {
      service_ = std::move(*started);
      return true;
    }
    note_failed_start(started.error());
    return false;
  }

  base::Result<std::unique_ptr<traffic::GuardedService>> start_service() {
    BASE_ASSIGN(port_, base::free_port());
    const std::filesystem::path data = workdir_ / ("service-" + std::to_string(++starts_));
    BASE_TRY(base::system_files().create_folders(data));
    placeholders_ = {.port = port_, .workdir = data};
    traffic::ServiceOptions service;
    for (const std::string& word : plan_.service->start) {
      BASE_ASSIGN(std::string expanded, plan::expand(word, placeholders_));
      service.start.push_back(std::move(expanded));
    }
    for (const auto& [name, value] : plan_.service->environment) {
      BASE_ASSIGN(service.environment[name], plan::expand(value, placeholders_));
    }
    service.folder = plan_.root;
    service.port = port_;
    service.ready = plan_.service->ready;
    service.ready_timeout = plan_.service->ready_timeout;
    service.stop_timeout = plan_.service->stop_timeout;
    return traffic::GuardedService::start(service);
  }

  // The first line says how it failed; what follows are the service's own last lines.
  void note_failed_start(const base::Error& error) {
    const std::size_t end = error.message.find('\n');
    gathered_.service_death = error.message.substr(0, end);
    if (gathered_.service_death->ends_with("; its last lines:")) {
      gathered_.service_death->erase(gathered_.service_death->rfind(';'));
    }
    for (std::size_t at = end; at != std::string::npos;) {
      const std::size_t next = error.message.find('\n', at + 1);
      gathered_.log_tail.push_back(
          error.message.substr(at + 1, next == std::string::npos ? next : next - at - 1));
      at = next;
    }
  }

  void stop_service() {
    if (!service_) return;
    const bool died = service_->death().has_value();
    const base::Exit exit = service_->stop();
    if (!died) {
      gathered_.facts.push_back(
          {"service peak memory", base::format_bytes(static_cast<double>(exit.peak_rss_bytes))});
      gathered_.facts.push_back(
          {"service CPU time", base::format_seconds(exit.user_seconds + exit.system_seconds)});
    }
    service_.reset();
  }

  base::Result<probes::Task> task_for(const plan::ProbePlan& probe, std::chrono::nanoseconds extend) {
    probes::Task task;
    task.kind = probe.kind;
    task.name = probe.name;
    plan::Placeholders values = placeholders_;
    if (!values.workdir) values.workdir = workdir_;
    if (plan_.service && !plan_.service->url.empty()) {
      BASE_ASSIGN(const net::Url url, net::parse_url(plan_.service->url));
      values.port = url.port;
      task.service_url = plan_.service->url;
    } else if (service_) {
      task.service_url = service_->url();
      task.service_pid = service_->pid();
    }
    if (!task.service_url.empty()) {
      task.metrics_path = plan_.service->metrics;
      for (const auto& [name, value] : plan_.service->headers) {
        BASE_ASSIGN(task.headers[name], plan::expand(value, values));
      }
    }
    BASE_ASSIGN(const base::Json config, expand_json(*probe.config, values));
    task.config_json = base::dump(config);
    task.root = plan_.root;
    task.workdir = workdir_ / (probe.kind + "-" + std::to_string(++tasks_));
    BASE_TRY(base::system_files().create_folders(task.workdir));
    for (const auto& [name, bound] : threshold_edges(plan_.rules)) task.edges.push_back({name, bound});
    task.named_series = named_series(plan_.rules);
    task.extend = extend;
    task.seed = base::xxh3_64(probe.name) >> 1;
    return task;
  }

  base::Status measure(const ProbeGroup& group, std::chrono::nanoseconds extend,
                       std::vector<model::ProbeRecord>& records) {
    std::vector<ProbeRun> runs;
    std::vector<std::size_t> running;  // their places in the group
    for (std::size_t i = 0; i < group.size(); ++i) {
      announce(*group[i], extend, i > 0);
      auto run = probe_run(*group[i], extend);
      if (run) {
        run->task.has_company = group.size() > 1;
        runs.push_back(std::move(*run));
        running.push_back(i);
      } else {
        note_crash(records[i], "failed", run.error().message);
      }
    }
    std::vector<ProbeOutcome> outcomes = run_probes(runs, writer_, progress_);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      BASE_TRY(keep_outcome(outcomes[i], records[running[i]]));
    }
    note_death(records);
    return {};
  }

  void announce(const plan::ProbePlan& probe, std::chrono::nanoseconds extend, bool beside) {
    std::string line = (beside ? "beside it " : "") + probe.kind + " " + probe.name;
    const std::chrono::nanoseconds expected = extend.count() > 0 ? extend : probe.expected;
    if (expected.count() > 0) {
      line += " (about " + base::format_seconds(std::chrono::duration<double>(expected).count()) + ")";
    }
    progress_.step(line);
  }

  base::Result<ProbeRun> probe_run(const plan::ProbePlan& probe, std::chrono::nanoseconds extend) {
    BASE_ASSIGN(probes::Task task, task_for(probe, extend));
    ProbeRun run{.task = std::move(task), .program = options_.program, .timeout = probe.timeout};
    run.block = options_.block;
    run.base_side = options_.base_side;
    if (service_) run.service_died = [this] { return service_->death().has_value(); };
    return run;
  }

  base::Status keep_outcome(ProbeOutcome& outcome, model::ProbeRecord& record) {
    if (outcome.store_error) return std::unexpected(*outcome.store_error);
    record.status = outcome.status;
    record.reason = outcome.reason;
    record.error = outcome.error;
    record.duration_seconds = outcome.duration_seconds;
    for (model::Fact& fact : outcome.facts) {
      fact.name.insert(0, record.kind + " " + record.name + ": ");
      // A probe that repeats itself is heard once.
      if (std::ranges::find(gathered_.facts, fact) == gathered_.facts.end()) {
        gathered_.facts.push_back(std::move(fact));
      }
    }
    return {};
  }

  static void note_crash(model::ProbeRecord& record, const char* status, std::string error) {
    record.status = status;
    record.reason = model::Reason::probe_crashed;
    record.error = std::move(error);
  }

  // A service that died is not asked again, and no later probe is blamed for it.
  void note_death(std::vector<model::ProbeRecord>& records) {
    if (!service_) return;
    const auto death = service_->death();
    if (!death) return;
    const std::string what = "the service " + death->exit.describe() + " at " + stamp(death->at);
    for (model::ProbeRecord& record : records) note_crash(record, "crashed", what);
    gathered_.service_death =
        what + ", while " + records.front().kind + " `" + records.front().name + "` ran";
    gathered_.log_tail = service_->log_tail();
    stop_service();
  }

  const plan::Plan& plan_;
  GatherOptions options_;
  evidence::RunWriter& writer_;
  Progress& progress_;
  base::TemporaryFolder folder_;
  std::filesystem::path workdir_;
  std::unique_ptr<traffic::GuardedService> service_;
  plan::Placeholders placeholders_;
  int port_ = 0;
  int starts_ = 0;
  int tasks_ = 0;
  Gathered gathered_;
};

base::Result<std::unique_ptr<Gatherer>> Gatherer::create(const plan::Plan& plan, const GatherOptions& options,
                                                         evidence::RunWriter& writer, Progress& progress) {
  BASE_ASSIGN(base::TemporaryFolder folder, base::TemporaryFolder::create("plimsoll"));
  return std::unique_ptr<Gatherer>(
      new Gatherer(std::make_unique<Session>(plan, options, writer, progress, std::move(folder))));
}

Gatherer::Gatherer(std::unique_ptr<Session> session) : session_(std::move(session)) {}

Gatherer::~Gatherer() = default;

base::Result<std::vector<model::ProbeRecord>> Gatherer::run(const ProbeGroup& group,
                                                            std::chrono::nanoseconds extend) {
  return session_->run(group, extend);
}

void Gatherer::set_block(std::optional<std::int32_t> block) {
  session_->set_block(block);
}

Gathered Gatherer::finish() {
  return session_->finish();
}

const plan::ProbeKind* find_kind(const std::string& name) {
  for (const plan::ProbeKind& kind : probes::catalogue()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace plimsoll::pipeline
