#include "plimsoll/probes/import/import_probe.h"

#include <filesystem>

#include "base/clock.h"
#include "base/json.h"
#include "plimsoll/formats/format.h"
#include "plimsoll/plan/detect/pytest_suite.h"
#include "plimsoll/probes/format_field.h"
#include "plimsoll/probes/omitted_waiting.h"
#include "plimsoll/probes/record_results.h"

namespace plimsoll::probes::import_file {
namespace {

using plan::FieldType;

std::string default_name(const nlohmann::json& config) {
  const base::Json* file = base::find(config, "file");
  const std::string path = file != nullptr && file->is_string() ? file->get<std::string>() : std::string();
  const std::string name = std::filesystem::path(path).stem().string();
  return name.empty() ? "import" : name;
}

}  // namespace

plan::ProbeKind kind() {
  plan::ProbeKind import;
  import.name = "import";
  import.summary = "takes in a result file of another tool: JUnit XML, Google Benchmark, hyperfine …";
  import.fields = {
      {.key = "file",
       .type = FieldType::text,
       .required = true,
       .description =
           "The result file, or Criterion's folder, relative to the plan's folder. Read when the probe "
           "runs."},
      format_field("What it is: a format's name, or a mapping of one's own. Default: told by content."),
  };
  import.shorthand = "file";
  import.series = {
      {"bench.**", "", model::Better::neither},       {"load.latency", "seconds", model::Better::lower},
      {"load.errors", "ratio", model::Better::lower}, {"load.rate", "per_second", model::Better::higher},
      {"load.**", "", model::Better::neither},        {"tests.duration", "seconds", model::Better::lower},
      {"tests.**", "count", model::Better::lower},    {"import.findings", "count", model::Better::lower},
      {"import.**", "", model::Better::neither}};
  import.identity_label = "source";
  import.default_name = default_name;
  import.detect = plan::detect::pytest_results;
  return import;
}

std::unique_ptr<Probe> make() {
  return std::make_unique<ImportProbe>();
}

base::Result<Done> ImportProbe::run(const Task& task, Recorder& recorder) {
  BASE_ASSIGN(const base::Json config, base::parse_json(task.config_json, "the probe's configuration"));
  BASE_ASSIGN(const std::string path, base::get_string(config, "file"));
  std::string format;
  if (config.contains("format")) {
    BASE_ASSIGN(format, base::get_string(config, "format"));
  }
  BASE_ASSIGN(const formats::ImportedFile file, formats::read_results_file(path, format, task.root));
  const double now = base::to_unix_seconds(base::system_clock().utc());
  BASE_TRY(record_results(file, task.name, {now, 0}, recorder));
  if (const auto warning = omitted_waiting(file.format, task.name)) BASE_TRY(recorder.finding(*warning));
  BASE_TRY(recorder.fact("format", file.format));
  return Done{};
}

}  // namespace plimsoll::probes::import_file
