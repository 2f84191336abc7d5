#include "plimsoll/probes/bench/bench_probe.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/units.h"
#include "plimsoll/plan/detect/benchmarks.h"
#include "plimsoll/probes/bench/bench_config.h"
#include "plimsoll/probes/bench/repeat.h"
#include "plimsoll/probes/record_results.h"

namespace plimsoll::probes::bench {
namespace {

using model::Better;

base::Result<BenchConfig> config_of(const Task& task) {
  BASE_ASSIGN(const base::Json json, base::parse_json(task.config_json, "the probe's configuration"));
  return read_config(json);
}

base::Status tell_repeat(Recorder& recorder, const Repeat& repeat, int number, int of) {
  BASE_TRY(record_results(repeat.results, "", {repeat.began_at, repeat.seconds}, recorder));
  return recorder.log(fmt::format("run {} of {} took {}", number, of, base::format_seconds(repeat.seconds)));
}

std::vector<plan::SeriesPattern> series_patterns() {
  return {{"bench.real_time", "seconds", Better::lower},
          {"bench.wall_time", "seconds", Better::lower},
          {"bench.cpu_time", "seconds", Better::lower},
          {"bench.peak_memory", "bytes", Better::lower},
          {"bench.**", "", Better::neither}};
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
  for (int i = 0; i < config.warmup; ++i) BASE_TRY(repeater.run());
  for (int i = 0; i < config.repeats; ++i) {
    BASE_ASSIGN(const Repeat repeat, repeater.run());
    BASE_TRY(tell_repeat(recorder, repeat, i + 1, config.repeats));
  }
  BASE_TRY(recorder.fact("runs", fmt::format("{} after {} for warm-up", config.repeats, config.warmup)));
  BASE_TRY(recorder.fact("measured", repeater.format().empty() ? "the command itself" : repeater.format()));
  return Done{};
}

}  // namespace plimsoll::probes::bench
