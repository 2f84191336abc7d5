// Google Benchmark's JSON (--benchmark_format=json, --benchmark_out=FILE), as its
// src/json_reporter.cc writes it; versions before 1.5 have neither run_type nor run_name.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/json.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::Json;
using model::Better;
using model::Series;

// Fields of a run that are no user's counters.
constexpr std::array own_fields = {"name",
                                   "family_index",
                                   "per_family_instance_index",
                                   "run_name",
                                   "run_type",
                                   "repetitions",
                                   "repetition_index",
                                   "threads",
                                   "iterations",
                                   "real_time",
                                   "cpu_time",
                                   "time_unit",
                                   "label",
                                   "error_occurred",
                                   "error_message",
                                   "skipped",
                                   "skip_message",
                                   "aggregate_name",
                                   "aggregate_unit",
                                   "big_o",
                                   "cpu_coefficient",
                                   "real_coefficient",
                                   "rms"};

std::optional<double> seconds_in(const std::string& unit) {
  if (unit == "ns") return 1e-9;
  if (unit == "us") return 1e-6;
  if (unit == "ms") return 1e-3;
  if (unit == "s") return 1.0;
  return std::nullopt;
}

struct Run {
  std::string name;       // of the benchmark, without an aggregate's suffix
  std::string aggregate;  // "mean"; empty where it is a run
  double time_unit = 1e-9;
};

std::string aggregate_of_old_versions(const std::string& name) {
  for (const auto* suffix : {"mean", "median", "stddev", "cv", "BigO", "RMS"}) {
    if (name.ends_with(std::string("_") + suffix)) return suffix;
  }
  return {};
}

class Reader {
 public:
  explicit Reader(const Content& content) : content_(content) {}

  base::Result<ImportedFile> read() {
    BASE_ASSIGN(const Json* runs, expect_list(content_, "benchmarks", "Google Benchmark's JSON"));
    for (std::size_t i = 0; i < runs->size(); ++i) BASE_TRY(read_run((*runs)[i], i));
    return collector_.take();
  }

 private:
  base::Status read_run(const Json& json, std::size_t index) {
    const auto place = [&](const std::string& problem) {
      return std::unexpected(content_.wrong(fmt::format("benchmarks[{}]: {}", index, problem)));
    };
    const std::string full_name = text_or(json, "name", "");
    if (full_name.empty()) return place("expected a run with a name");
    Run run{.name = text_or(json, "run_name", full_name)};
    if (text_or(json, "run_type", "") == "aggregate") run.aggregate = text_or(json, "aggregate_name", "?");
    if (!json.contains("run_type")) {
      run.aggregate = aggregate_of_old_versions(full_name);
      if (!run.aggregate.empty()) run.name.resize(full_name.size() - run.aggregate.size() - 1);
    }
    const std::string unit = text_or(json, "time_unit", "ns");
    if (!seconds_in(unit)) return place(fmt::format("unknown time_unit \"{}\"", unit));
    run.time_unit = *seconds_in(unit);

    if (is_true(json, "error_occurred")) {
      collector_.skip(full_name, "failed: " + text_or(json, "error_message", "no message"));
    } else if (is_true(json, "skipped")) {
      collector_.skip(full_name, "was skipped: " + text_or(json, "skip_message", "no message"));
    } else if (run.aggregate.empty()) {
      if (!number(json, "real_time")) collector_.skip(full_name, "its real_time is not a number");
      read_measures(json, run);
    } else {
      read_aggregate(json, run, full_name);
    }
    return {};
  }

  // An aggregate is no sample, but the figure that a file without runs holds.
  void read_aggregate(const Json& json, const Run& run, const std::string& full_name) {
    static constexpr std::array kept = {"mean", "median", "min", "max", "p95"};
    if (std::ranges::find(kept, run.aggregate) != kept.end()) {
      read_measures(json, run);
    } else {
      collector_.skip(full_name, "an aggregate is no sample");
    }
  }

  void read_measures(const Json& json, const Run& run) {
    const model::Labels labels = {{"benchmark", label_value(run.name)}};
    take(json, "real_time", series_in_seconds("bench.real_time", labels), run, run.time_unit);
    take(json, "cpu_time", series_in_seconds("bench.cpu_time", labels), run, run.time_unit);
    for (const auto& [key, value] : json.items()) {
      if (!value.is_number() || std::ranges::find(own_fields, key) != own_fields.end()) continue;
      take(json, key.c_str(), counter_series(key, labels), run, 1);
    }
  }

  static Series counter_series(const std::string& key, model::Labels labels) {
    if (key == "items_per_second") return {{"bench.items_per_second", labels}, "per_second", Better::higher};
    if (key == "bytes_per_second")
      return {{"bench.bytes_per_second", labels}, "bytes_per_second", Better::higher};
    labels["counter"] = label_value(key);
    const model::SeriesId id{"bench.counter", labels};
    if (key.ends_with("_per_second")) return {id, "per_second", Better::higher};
    if (key.ends_with("_seconds")) return {id, "seconds", Better::lower};
    if (key.ends_with("_bytes")) return {id, "bytes", Better::lower};
    return {id, "count", Better::neither};
  }

  void take(const Json& json, const char* key, const Series& series, const Run& run, double scale) {
    const auto value = number(json, key);
    if (!value) return;
    if (run.aggregate.empty()) return collector_.add_sample(series, *value * scale);
    Figures& figures = collector_.figures(series);
    const double figure = *value * scale;
    if (const auto repetitions = number(json, "repetitions"); repetitions && *repetitions > 0)
      figures.count = static_cast<std::uint64_t>(*repetitions);
    if (run.aggregate == "mean") figures.mean = figure;
    if (run.aggregate == "median") figures.median = figure;
    if (run.aggregate == "min") figures.min = figure;
    if (run.aggregate == "max") figures.max = figure;
    if (run.aggregate == "p95") figures.p95 = figure;
  }

  const Content& content_;
  Collector collector_;
};

// Its list is called `benchmarks` as pytest-benchmark's is; the context tells them apart.
bool recognises(const Content& content) {
  if (!content.looks_like_json() || content.json() == nullptr) return false;
  const Json* context = base::find(*content.json(), "context");
  const Json* runs = base::find(*content.json(), "benchmarks");
  return context != nullptr && context->is_object() && runs != nullptr && runs->is_array();
}

}  // namespace

Format google_benchmark() {
  return {"google-benchmark", "a Google Benchmark program with --benchmark_format=json", recognises,
          [](const Content& content) { return Reader(content).read(); }};
}

}  // namespace plimsoll::formats
