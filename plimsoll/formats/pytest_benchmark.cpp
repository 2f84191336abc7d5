// pytest-benchmark's JSON: --benchmark-json=FILE holds every round in stats.data; what --benchmark-save and
// --benchmark-autosave write does not, so that only figures are left. Times are seconds per iteration
// (https://pytest-benchmark.readthedocs.io, "Comparing past runs").
#include <cmath>

#include <fmt/format.h>

#include "base/json.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::Json;

model::Labels labels_of(const Json& benchmark, const std::string& name) {
  model::Labels labels = {{"benchmark", label_value(name)}};
  if (const std::string full = text_or(benchmark, "fullname", name); full != name)
    labels["fullname"] = label_value(full);
  if (const std::string group = text_or(benchmark, "group", ""); !group.empty())
    labels["group"] = label_value(group);
  std::vector<std::pair<std::string, std::string>> parameters;
  if (const Json* params = base::find(benchmark, "params"); params != nullptr && params->is_object()) {
    for (const auto& [key, value] : params->items()) parameters.emplace_back(key, plain_text(value));
  }
  add_parameters(labels, parameters);
  return labels;
}

Figures figures_in(const Json& stats) {
  Figures figures{.min = number(stats, "min"),
                  .median = number(stats, "median"),
                  .mean = number(stats, "mean"),
                  .max = number(stats, "max")};
  const auto rounds = number(stats, "rounds");
  if (rounds && *rounds >= 1 && *rounds < 1e15) figures.count = static_cast<std::uint64_t>(*rounds);
  return figures;
}

base::Status read_benchmark(const Json& benchmark, const std::string& where, const Content& content,
                            Collector& collector) {
  const auto wrong = [&](const char* what) {
    return std::unexpected(content.wrong(fmt::format("{}: {}", where, what)));
  };
  const std::string name = text_or(benchmark, "name", text_or(benchmark, "fullname", ""));
  if (name.empty()) return wrong("expected a benchmark with a name");
  const Json* stats = base::find(benchmark, "stats");
  if (stats == nullptr || !stats->is_object()) return wrong("expected `stats`");
  const model::Series series = series_in_seconds("bench.real_time", labels_of(benchmark, name));
  const Json* data = base::find(*stats, "data");
  if (data == nullptr || data->is_null()) {
    collector.figures(series) = figures_in(*stats);
    return {};
  }
  if (!data->is_array()) return wrong("expected `stats.data` to be a list of seconds");
  for (const Json& round : *data) {
    if (!round.is_number()) return wrong("expected only numbers in `stats.data`");
    collector.add_sample(series, round.get<double>());
  }
  return {};
}

base::Result<ImportedFile> read(const Content& content) {
  BASE_ASSIGN(const Json* benchmarks, expect_list(content, "benchmarks", "pytest-benchmark's JSON"));
  Collector collector;
  for (std::size_t i = 0; i < benchmarks->size(); ++i)
    BASE_TRY(read_benchmark((*benchmarks)[i], fmt::format("benchmarks[{}]", i), content, collector));
  return collector.take();
}

bool recognises(const Content& content) {
  if (!content.looks_like_json() || content.json() == nullptr) return false;
  const Json* benchmarks = base::find(*content.json(), "benchmarks");
  return benchmarks != nullptr && benchmarks->is_array() &&
         base::find(*content.json(), "machine_info") != nullptr;
}

}  // namespace

Format pytest_benchmark() {
  return {"pytest-benchmark", "pytest --benchmark-json=FILE", recognises, read};
}

}  // namespace plimsoll::formats
