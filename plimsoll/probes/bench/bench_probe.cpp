#include "plimsoll/probes/bench/bench_probe.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/units.h"
#include "plimsoll/plan/detect/benchmarks.h"
#include "plimsoll/probes/bench/measure.h"
#include "plimsoll/probes/record_results.h"

namespace plimsoll::probes::bench {
namespace {

using model::Better;

base::Result<BenchConfig> config_of(const Task& task) {
  BASE_ASSIGN(const base::Json json, base::parse_json(task.config_json, "the probe's configuration"));
  return read_config(json);
}

base::Status tell_repeat(Recorder& recorder, const Repeat& repeat, std::string_view what) {
  BASE_TRY(record_results(repeat.results, "", {repeat.began_at, repeat.seconds}, recorder));
  return recorder.log(fmt::format("{} took {}", what, base::format_seconds(repeat.seconds)));
}

std::vector<plan::SeriesPattern> series_patterns() {
  return {
      {"bench.real_time", "seconds", Better::lower},         {"bench.wall_time", "seconds", Better::lower},
      {"bench.cpu_time", "seconds", Better::lower},          {"bench.peak_memory", "bytes", Better::lower},
      {"bench.instructions", "instructions", Better::lower}, {"bench.**", "", Better::neither}};
}

std::string what_was_measured(const std::string& format) {
  if (format.empty()) return "the command itself";
  return format.starts_with('{') ? "what a mapping reads" : format;
}

base::Status check(const nlohmann::json& config, const std::filesystem::path&) {
  BASE_TRY(read_config(config));
  return {};
}

}  // namespace

plan::ProbeKind kind() {
  plan::ProbeKind bench;
  bench.name = "bench";
  bench.summary = "runs a benchmark program, or times any command, a few times over";
  bench.fields = bench_fields();
  bench.shorthand = "run";
  bench.series = series_patterns();
  bench.default_name = default_name;
  bench.check = check;
  bench.detect = plan::detect::benchmarks;
  return bench;
}

std::unique_ptr<Probe> make() {
  return std::make_unique<BenchProbe>();
}

base::Result<Done> BenchProbe::run(const Task& task, Recorder& recorder) {
  BASE_ASSIGN(const BenchConfig config, config_of(task));
  Repeater repeater(config, task.name, {task.root, task.workdir, command_environment(task)});
  const OnRepeat tell = [&](const Repeat& repeat, std::string_view what) {
    return tell_repeat(recorder, repeat, what);
  };
  BASE_ASSIGN(const Stopping ended, measure(repeater, config, tell));
  BASE_TRY(recorder.fact("runs", fmt::format("{}, after {} for warm-up", ended.why(), config.warmup)));
  BASE_ASSIGN(const bool counted, count_instructions(repeater, config, tell));
  if (!counted) BASE_TRY(recorder.fact("instructions", "not counted: valgrind is not installed"));
  BASE_TRY(recorder.fact("measured", what_was_measured(repeater.format())));
  return Done{};
}

}  // namespace plimsoll::probes::bench
