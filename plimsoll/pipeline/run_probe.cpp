#include "plimsoll/pipeline/run_probe.h"

#include <algorithm>
#include <csignal>
#include <deque>
#include <memory>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/probes/stream.h"

namespace plimsoll::pipeline {
namespace {

constexpr std::size_t batch_observations = 4096;
constexpr auto poll_interval = std::chrono::milliseconds(50);
constexpr auto stop_grace = std::chrono::seconds(2);

// Carries what the stream says into the store, in batches. Remembers whether it was the store that failed.
class Intake {
 public:
  Intake(const ProbeRun& run, evidence::RunWriter& writer, Progress& progress)
      : run_(run),
        probe_(run.task.kind + "/" + run.task.name),
        writer_(writer),
        progress_(progress),
        reader_(events()) {}

  void feed(std::string_view bytes) {
    if (!error_) keep_error(reader_.feed(bytes));
  }

  // The probe's last word once the stream has ended.
  base::Result<probes::Done> finish() {
    if (!error_) keep_error(flush());
    if (error_) return std::unexpected(*error_);
    return reader_.finish();
  }

  bool failed() const { return error_.has_value(); }
  bool store_failed() const { return store_failed_; }
  std::vector<model::Fact> take_facts() { return std::move(facts_); }

 private:
  probes::StreamEvents events() {
    return {
        .declare = [this](model::SeriesHandle, const model::Series& series) { return declare(series); },
        .observe = [this](model::Observation&& observation) { return observe(std::move(observation)); },
        .finding = [this](model::Finding&& finding) { return add(std::move(finding)); },
        .log = [this](std::string_view line) { progress_.detail(base::printable(line)); },
        .fact =
            [this](std::string_view name, std::string_view value) {
              facts_.push_back({base::printable(name), base::printable(value)});
            },
    };
  }

  base::Status declare(const model::Series& series) {
    BASE_ASSIGN(const model::SeriesHandle handle, writer_.declare(series, probe_));
    handles_.push_back(handle);
    return {};
  }

  base::Status observe(model::Observation&& observation) {
    observation.series = handles_[observation.series];
    if (run_.block) {
      observation.block = run_.block;
      observation.base_side = run_.base_side;
    }
    observations_.push_back(std::move(observation));
    return observations_.size() >= batch_observations ? flush() : base::Status{};
  }

  base::Status add(model::Finding&& finding) {
    finding.probe = probe_;
    findings_.push_back(std::move(finding));
    return {};
  }

  base::Status flush() {
    base::Status status = writer_.append(observations_);
    if (status && !findings_.empty()) status = writer_.append_findings(findings_);
    if (!status) store_failed_ = true;
    observations_.clear();
    findings_.clear();
    return status;
  }

  void keep_error(const base::Status& status) {
    if (!status) error_ = status.error();
  }

  const ProbeRun& run_;
  std::string probe_;
  evidence::RunWriter& writer_;
  Progress& progress_;
  std::vector<model::SeriesHandle> handles_;
  std::vector<model::Observation> observations_;
  std::vector<model::Finding> findings_;
  std::vector<model::Fact> facts_;
  std::optional<base::Error> error_;
  bool store_failed_ = false;
  probes::StreamReader reader_;
};

std::string last_line(const std::string& text) {
  const std::string_view trimmed = base::trim(text);
  const std::size_t start = trimmed.rfind('\n');
  return base::printable(base::mask_secrets(
      base::truncate_utf8(trimmed.substr(start == std::string_view::npos ? 0 : start + 1), 400)));
}

void crash(ProbeOutcome& outcome, std::string error) {
  outcome.status = "crashed";
  outcome.reason = model::Reason::probe_crashed;
  outcome.error = std::move(error);
}

void judge_end(ProbeOutcome& outcome, const base::Exit& exit, const std::string& cut_short, Intake& intake) {
  const base::Result<probes::Done> done = intake.finish();
  if (intake.store_failed()) {
    outcome.store_error = done ? base::Error{} : done.error();
    return crash(outcome, base::to_string(*outcome.store_error));
  }
  if (intake.failed()) return crash(outcome, done.error().message);
  if (!cut_short.empty()) return crash(outcome, cut_short);
  if (!exit.ok()) {
    const std::string line = last_line(exit.error_tail);
    outcome.status = exit.signal == 0 ? "failed" : "crashed";
    outcome.reason = model::Reason::probe_crashed;
    outcome.error = exit.describe() + (line.empty() ? "" : ": " + line);
    return;
  }
  if (!done) return crash(outcome, done.error().message);
  outcome.reason = done->reason;
  outcome.error = done->detail;
  if (done->reason != model::Reason::none) {
    outcome.status = done->reason == model::Reason::saturated ? "saturated" : "failed";
  }
}

// One child, from its start to its outcome.
class RunningProbe {
 public:
  RunningProbe(const ProbeRun& run, evidence::RunWriter& writer, Progress& progress)
      : run_(run), intake_(run, writer, progress), deadline_(std::chrono::steady_clock::now() + run.timeout) {
    base::ProcessOptions options;
    options.arguments = {run.program.string(), "probe", run.task.kind};
    options.folder = run.task.root;
    options.input = base::dump(probes::to_json(run.task));
    options.stream_on_3 = true;
    options.on_stream = [this](std::string_view bytes) { intake_.feed(bytes); };
    auto process = base::system_processes().start(std::move(options));
    if (process) {
      process_ = std::move(*process);
    } else {
      crash(outcome_, process.error().message);
    }
  }

  bool ended() const { return process_ == nullptr; }
  ProbeOutcome take_outcome() { return std::move(outcome_); }

  // Reads what it says for that long; stops it where there is no point in waiting any more.
  void attend(std::chrono::nanoseconds interval) {
    if (const auto exit = process_->wait_for(interval)) return end(*exit, "");
    const std::string cut_short = no_point();
    if (!cut_short.empty()) end(process_->stop(stop_grace), cut_short);
  }

 private:
  // Why it is not worth waiting; empty where it is.
  std::string no_point() const {
    if (std::chrono::steady_clock::now() >= deadline_) {
      return "did not end within " +
             base::print_quantity(
                 {std::chrono::duration<double>(run_.timeout).count(), base::Dimension::seconds});
    }
    if (intake_.failed()) return "was stopped";
    if (run_.service_died && run_.service_died()) return "was stopped because the service had ended";
    return base::interrupts::raised() != 0 ? "was interrupted" : "";
  }

  void end(const base::Exit& exit, const std::string& cut_short) {
    outcome_.duration_seconds = exit.wall_seconds;
    judge_end(outcome_, exit, cut_short, intake_);
    outcome_.facts = intake_.take_facts();
    process_.reset();
  }

  const ProbeRun& run_;
  Intake intake_;
  std::chrono::steady_clock::time_point deadline_;
  std::unique_ptr<base::Process> process_;
  ProbeOutcome outcome_;
};

}  // namespace

std::vector<ProbeOutcome> run_probes(std::span<const ProbeRun> runs, evidence::RunWriter& writer,
                                     Progress& progress) {
  std::deque<RunningProbe> probes;  // they hold on to their own addresses
  for (const ProbeRun& run : runs) probes.emplace_back(run, writer, progress);
  const auto ended = [](const RunningProbe& probe) { return probe.ended(); };
  while (!std::ranges::all_of(probes, ended)) {
    for (RunningProbe& probe : probes) {
      if (!probe.ended()) probe.attend(poll_interval / probes.size());
    }
  }
  std::vector<ProbeOutcome> outcomes;
  for (RunningProbe& probe : probes) outcomes.push_back(probe.take_outcome());
  return outcomes;
}

}  // namespace plimsoll::pipeline
