// JMH's JSON (-rf json -rff FILE), as its org.openjdk.jmh.results.format.JSONResultFormat writes it. Each
// measured iteration of each fork is a sample; in the mode `sample` each operation's time is, in a histogram.
#include <cmath>

#include <fmt/format.h>

#include "base/json.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/measure_unit.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::Json;
using Counts = std::vector<std::pair<double, std::uint64_t>>;  // values and how often

constexpr double most_counted = 1e12;  // times a value may have come

// The profilers say MB and mean MiB.
MeasureUnit unit_of(const std::string& written) {
  if (written == "MB/sec") return {"bytes_per_second", 1048576, model::Better::neither};
  if (written == "counts") return {"count", 1, model::Better::neither};
  MeasureUnit unit = measure_unit(written);
  unit.name = label_value(unit.name);
  return unit;
}

class ResultReader {
 public:
  ResultReader(const Json& result, std::string where, const Content& content, Collector& collector)
      : result_(result), where_(std::move(where)), content_(content), collector_(collector) {}

  base::Status read() {
    const std::string name = text_or(result_, "benchmark", "");
    if (name.empty()) return wrong("/benchmark", "expected a benchmark's name");
    labels_ = {{"benchmark", label_value(name)}, {"mode", label_value(text_or(result_, "mode", "?"))}};
    std::vector<std::pair<std::string, std::string>> parameters;
    if (const Json* given = base::find(result_, "params"); given != nullptr && given->is_object()) {
      for (const auto& [key, value] : given->items()) parameters.emplace_back(key, plain_text(value));
    }
    add_parameters(labels_, parameters);
    const Json* primary = base::find(result_, "primaryMetric");
    if (primary == nullptr) return wrong("/primaryMetric", "expected a metric");
    BASE_TRY(read_metric(*primary, "/primaryMetric", ""));
    const Json* secondary = base::find(result_, "secondaryMetrics");
    if (secondary == nullptr || !secondary->is_object()) return {};
    for (const auto& [key, metric] : secondary->items())
      BASE_TRY(read_metric(metric, "/secondaryMetrics/" + key, key));
    return {};
  }

 private:
  base::Status read_metric(const Json& metric, const std::string& at, const std::string& counter) {
    const MeasureUnit unit = unit_of(text_or(metric, "scoreUnit", ""));
    const model::Series series = series_of(unit, counter);
    if (const Json* histogram = base::find(metric, "rawDataHistogram"))
      return read_histogram(*histogram, at + "/rawDataHistogram", series, unit.scale);
    if (const Json* raw = base::find(metric, "rawData"))
      return read_raw(*raw, at + "/rawData", series, unit.scale);
    const auto score = number(metric, "score");
    if (!score) return wrong(at, "expected a score or rawData");
    collector_.figures(series).mean = *score * unit.scale;
    return {};
  }

  model::Series series_of(const MeasureUnit& unit, const std::string& counter) const {
    if (counter.empty() && unit.name == "seconds") return series_in_seconds("bench.real_time", labels_);
    if (counter.empty() && unit.name == "per_second")
      return {{"bench.throughput", labels_}, unit.name, unit.better};
    model::Labels labels = labels_;
    if (!counter.empty() && labels.size() < 8) labels["counter"] = label_value(counter);
    return {{"bench.counter", labels}, unit.name, unit.better};
  }

  // Forks, in them iterations.
  base::Status read_raw(const Json& forks, const std::string& at, const model::Series& series, double scale) {
    if (!forks.is_array()) return wrong(at, "expected a list of forks");
    for (std::size_t f = 0; f < forks.size(); ++f) {
      if (!forks[f].is_array()) return wrong(fmt::format("{}/{}", at, f), "expected a list of iterations");
      for (std::size_t i = 0; i < forks[f].size(); ++i) {
        const Json& value = forks[f][i];
        if (!value.is_number() && !value.is_null() && !value.is_string())
          return wrong(fmt::format("{}/{}/{}", at, f, i), "expected a number");
        if (value.is_number()) collector_.add_sample(series, value.get<double>() * scale);
      }
    }
    return {};
  }

  // Forks, in them iterations, in them pairs of value and count.
  base::Status read_histogram(const Json& forks, const std::string& at, const model::Series& series,
                              double scale) {
    Counts counts;
    if (!forks.is_array()) return wrong(at, "expected a list of forks");
    for (std::size_t f = 0; f < forks.size(); ++f) {
      for (std::size_t i = 0; i < forks[f].size(); ++i) {
        if (!forks[f].is_array()) return wrong(fmt::format("{}/{}", at, f), "expected a list of iterations");
        for (const Json& pair : forks[f][i]) {
          const bool good = pair.is_array() && pair.size() == 2 && pair[0].is_number() &&
                            pair[1].is_number() && pair[1].get<double>() >= 0 &&
                            pair[1].get<double>() < most_counted;
          if (!good) return wrong(fmt::format("{}/{}/{}", at, f, i), "expected pairs of value and count");
          counts.emplace_back(pair[0].get<double>() * scale,
                              static_cast<std::uint64_t>(pair[1].get<double>()));
        }
      }
    }
    collector_.set_counts(series, std::move(counts));
    return {};
  }

  std::unexpected<base::Error> wrong(const std::string& at, const std::string& what) const {
    return std::unexpected(content_.wrong(where_ + at + ": " + what));
  }

  const Json& result_;
  std::string where_;
  const Content& content_;
  Collector& collector_;
  model::Labels labels_;
};

base::Result<ImportedFile> read(const Content& content) {
  if (content.json() == nullptr) return std::unexpected(content.json_error());
  if (!content.json()->is_array()) return std::unexpected(content.wrong("expected JMH's list of results"));
  Collector collector;
  for (std::size_t i = 0; i < content.json()->size(); ++i)
    BASE_TRY(ResultReader((*content.json())[i], fmt::format("/{}", i), content, collector).read());
  return collector.take();
}

bool recognises(const Content& content) {
  if (!content.looks_like_json() || content.json() == nullptr || !content.json()->is_array()) return false;
  return !content.json()->empty() && base::find(content.json()->front(), "primaryMetric") != nullptr;
}

}  // namespace

Format jmh() {
  return {"jmh", "java -jar benchmarks.jar -rf json -rff FILE", recognises, read};
}

}  // namespace plimsoll::formats
