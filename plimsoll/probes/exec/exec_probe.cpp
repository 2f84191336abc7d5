#include "plimsoll/probes/exec/exec_probe.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "plimsoll/formats/format.h"
#include "plimsoll/probes/format_field.h"
#include "plimsoll/probes/omitted_waiting.h"
#include "plimsoll/probes/record_results.h"
#include "plimsoll/probes/run_command.h"
#include "plimsoll/probes/stream.h"

namespace plimsoll::probes::exec {
namespace {

using plan::FieldType;

struct ExecConfig {
  std::vector<std::string> run;
  std::string format;
  std::string output;
};

base::Result<ExecConfig> config_of(const Task& task) {
  ExecConfig config;
  BASE_ASSIGN(const base::Json json, base::parse_json(task.config_json, "the probe's configuration"));
  const base::Json* run = base::find(json, "run");
  if (run == nullptr || !run->is_array() || run->empty())
    return base::fail(base::ErrorCode::invalid_argument, "run: expected a command");
  for (const base::Json& word : *run) config.run.push_back(word.get<std::string>());
  if (json.contains("format")) {
    BASE_ASSIGN(config.format, base::get_string(json, "format"));
  }
  if (json.contains("output")) {
    BASE_ASSIGN(config.output, base::get_string(json, "output"));
  }
  return config;
}

base::Status check(const nlohmann::json& config, const std::filesystem::path&) {
  if (config.contains("output") && !config.contains("format")) {
    return base::fail(base::ErrorCode::invalid_argument,
                      "output: needs `format`: without one the program speaks the probe protocol");
  }
  return {};
}

std::string default_name(const nlohmann::json& config) {
  const base::Json* run = base::find(config, "run");
  if (run == nullptr || !run->is_array() || run->empty() || !run->front().is_string()) return "exec";
  const std::string name = std::filesystem::path(run->front().get<std::string>()).filename().string();
  return name.empty() ? "exec" : base::truncate_utf8(name, 100);
}

// Hands on what a program streams, in the recorder's own handles.
class Relay {
 public:
  explicit Relay(Recorder& recorder) : recorder_(recorder), reader_(events()) {}

  void feed(std::string_view bytes) {
    if (status_) keep(reader_.feed(bytes));
  }
  const base::Status& status() const { return status_; }

  base::Result<Done> finish() {
    BASE_TRY(status_);
    return reader_.finish();
  }

 private:
  StreamEvents events() {
    return {
        .declare = [this](model::SeriesHandle, const model::Series& series) { return declare(series); },
        .observe = [this](model::Observation&& observation) { return observe(std::move(observation)); },
        .finding = [this](model::Finding&& finding) { return recorder_.finding(finding); },
        .log = [this](std::string_view line) { keep(recorder_.log(line)); },
        .fact = [this](std::string_view name, std::string_view value) { keep(recorder_.fact(name, value)); }};
  }

  // The first error ends the program.
  void keep(const base::Status& status) {
    if (status_) status_ = status;
  }

  base::Status declare(const model::Series& series) {
    BASE_ASSIGN(const model::SeriesHandle handle, recorder_.declare(series));
    handles_.push_back(handle);
    return {};
  }

  base::Status observe(model::Observation&& observation) {
    observation.series = handles_[observation.series];
    return recorder_.observe(observation);
  }

  Recorder& recorder_;
  std::vector<model::SeriesHandle> handles_;
  base::Status status_;
  StreamReader reader_;
};

base::Result<Done> run_speaker(const ExecConfig& config, const Task& task, Recorder& recorder) {
  const Command command{config.run, task.root, command_environment(task)};
  Relay relay(recorder);
  base::ProcessOptions options;
  options.arguments = command.arguments;
  options.folder = command.folder;
  options.environment = command.environment;
  options.input = base::dump(to_json(task)) + "\n";
  options.stream_on_3 = true;
  options.on_stream = [&relay](std::string_view bytes) { relay.feed(bytes); };
  BASE_ASSIGN(const base::Exit exit,
              run_to_end(std::move(options), [&relay] { return !relay.status().has_value(); }));
  BASE_TRY(relay.status());
  BASE_TRY(expect_success(command, exit));
  return relay.finish();
}

// A test runner that ends with a failure has still said what failed: its findings tell.
bool may_fail(const ExecConfig& config, const CommandResult& result) {
  const bool told = config.format == "junit" || judges_by_exit_code(config.format);
  return told && result.exit.signal == 0 && (result.results || config.output.empty());
}

base::Result<Done> run_and_read(const ExecConfig& config, const Task& task, Recorder& recorder) {
  Command command{config.run, task.root, command_environment(task)};
  if (!config.output.empty()) command.result_file = task.root / config.output;
  const double began_at = base::to_unix_seconds(base::system_clock().utc());
  BASE_ASSIGN(const CommandResult result, run_command(command));
  if (!may_fail(config, result)) BASE_TRY(expect_success(command, result.exit));
  if (!config.output.empty() && !result.results) {
    return base::fail(base::ErrorCode::unavailable,
                      "`" + base::printable(config.run.front()) + "` did not write " + config.output);
  }
  const std::string source = config.output.empty() ? "output of " + task.name : config.output;
  BASE_ASSIGN(const formats::ImportedFile file,
              formats::read_results(result.results.value_or(result.output), source, config.format));
  BASE_TRY(record_results(file, task.name, {began_at, result.exit.wall_seconds}, recorder));
  if (const auto warning = omitted_waiting(config.format, task.name)) BASE_TRY(recorder.finding(*warning));
  return Done{};
}

}  // namespace

plan::ProbeKind kind() {
  plan::ProbeKind exec;
  exec.name = "exec";
  exec.summary = "runs any program that speaks the probe protocol, or whose results a format reads";
  exec.fields = {
      {.key = "run",
       .type = FieldType::command,
       .required = true,
       .description = "The program; run without a shell, in the plan's folder."},
      format_field(
          "What its results are: a format's name, or a mapping of one's own. Without: it speaks the probe "
          "protocol on descriptor 3."),
      {.key = "output",
       .type = FieldType::text,
       .description = "With a format: the file it writes its results to. Default: its standard output."},
  };
  exec.shorthand = "run";
  exec.series = {{"**", "", model::Better::neither}};
  exec.optional_label = "source";
  exec.uses_service = true;
  exec.default_name = default_name;
  exec.check = check;
  return exec;
}

std::unique_ptr<Probe> make() {
  return std::make_unique<ExecProbe>();
}

base::Result<Done> ExecProbe::run(const Task& task, Recorder& recorder) {
  BASE_ASSIGN(const ExecConfig config, config_of(task));
  return config.format.empty() ? run_speaker(config, task, recorder) : run_and_read(config, task, recorder);
}

}  // namespace plimsoll::probes::exec
