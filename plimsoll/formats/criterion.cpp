// Criterion.rs, as its src/lib.rs and src/report.rs keep a benchmark under target/criterion:
// NAME/new/sample.json (the time of each sample and its iterations), estimates.json (figures), benchmark.json
// (its name); and cargo-criterion's --message-format json, a document a line. Nanoseconds.
#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/criterion_folder.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/lines.h"
#include "plimsoll/formats/measure_unit.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::Json;

constexpr std::string_view no_name = "criterion";

model::Series series_named(const std::string& name, const MeasureUnit& unit) {
  const model::Labels labels = {{"benchmark", label_value(name)}};
  if (unit.name == "seconds") return series_in_seconds("bench.real_time", labels);
  return {{"bench.measure", labels}, label_value(unit.name), unit.better};
}

const Json* list(const Json& object, const char* key) {
  const Json* value = base::find(object, key);
  return value != nullptr && value->is_array() ? value : nullptr;
}

// Each sample is so many iterations that took so long together.
base::Status add_samples(const Json& iterations, const Json& times, const model::Series& series, double scale,
                         const base::Error& error, Collector& collector) {
  const auto wrong = [&](std::string_view what) {
    base::Error copy = error;
    copy.message += what;
    return std::unexpected(std::move(copy));
  };
  if (iterations.size() != times.size()) return wrong("as many times as counts of iterations expected");
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!times[i].is_number() || !iterations[i].is_number() || iterations[i].get<double>() <= 0)
      return wrong(fmt::format("sample {}: expected a time and iterations above 0", i));
    collector.add_sample(series, times[i].get<double>() / iterations[i].get<double>() * scale);
  }
  return {};
}

std::optional<double> estimate_of(const Json& estimates, const char* key) {
  const Json* estimate = base::find(estimates, key);
  if (estimate == nullptr) return std::nullopt;
  const auto point = number(*estimate, "point_estimate");
  return point ? point : number(*estimate, "estimate");
}

bool is_sample(const Json& json) {
  return list(json, "iters") != nullptr && list(json, "times") != nullptr;
}

bool is_estimates(const Json& json) {
  const Json* median = base::find(json, "median");
  return median != nullptr && base::find(*median, "point_estimate") != nullptr &&
         base::find(json, "median_abs_dev") != nullptr;
}

bool is_message(const Json* line) {
  return line != nullptr && line->is_object() && line->contains("reason") &&
         (line->contains("measured_values") || line->contains("group_name") || line->contains("benchmarks"));
}

base::Status read_message(const Content& content, const Json& message, int line, Collector& collector) {
  if (text_or(message, "reason", "") != "benchmark-complete") return {};
  const std::string id = text_or(message, "id", "");
  const Json* iterations = list(message, "iteration_count");
  const Json* values = list(message, "measured_values");
  if (id.empty() || iterations == nullptr || values == nullptr)
    return std::unexpected(
        content.wrong_at(line, 1, "expected `id`, `iteration_count` and `measured_values` of a benchmark"));
  const MeasureUnit unit = measure_unit(text_or(message, "unit", "ns"));
  return add_samples(*iterations, *values, series_named(id, unit), unit.scale,
                     content.wrong_at(line, 1, "/measured_values: "), collector);
}

base::Result<ImportedFile> read_messages(const Content& content) {
  Collector collector;
  BASE_TRY(for_each_json_line(content, [&](const Json& message, int line) {
    return read_message(content, message, line, collector);
  }));
  return collector.take();
}

// Of a path `target/criterion/GROUP/NAME/new/sample.json` what lies between; the path itself where it is
// another.
std::string name_in_path(const std::string& source) {
  std::vector<std::string> parts = base::split(source, '/');
  if (parts.size() < 3 || !parts.back().ends_with(".json")) return std::string(no_name);
  parts.resize(parts.size() - 2);  // without new/sample.json
  auto begin = std::ranges::find(parts, "criterion");
  begin = begin == parts.end() || begin + 1 == parts.end() ? parts.end() - 1 : begin + 1;
  return base::join(std::vector<std::string>(begin, parts.end()), "/");
}

base::Result<ImportedFile> read(const Content& content) {
  if (is_message(content.first_line())) return read_messages(content);
  if (content.json() == nullptr) return std::unexpected(content.json_error());
  Collector collector;
  const std::string name = name_in_path(content.source());
  BASE_TRY(add_criterion_file(content, base::is_valid_utf8(name) ? name : std::string(no_name), collector));
  return collector.take();
}

bool recognises(const Content& content) {
  if (!content.looks_like_json()) return false;
  if (is_message(content.first_line())) return true;
  return content.json() != nullptr && (is_sample(*content.json()) || is_estimates(*content.json()));
}

}  // namespace

base::Status add_criterion_file(const Content& content, const std::string& name, Collector& collector) {
  if (content.json() == nullptr) return std::unexpected(content.json_error());
  const Json& json = *content.json();
  const model::Series series = series_named(name, measure_unit("ns"));
  if (is_sample(json))
    return add_samples(json.at("iters"), json.at("times"), series, 1e-9, content.wrong(""), collector);
  if (!is_estimates(json)) return std::unexpected(content.wrong("expected Criterion's samples or estimates"));
  Figures& figures = collector.figures(series);
  if (const auto mean = estimate_of(json, "mean")) figures.mean = *mean * 1e-9;
  if (const auto median = estimate_of(json, "median")) figures.median = *median * 1e-9;
  return {};
}

Format criterion() {
  return {"criterion",
          "cargo bench with Criterion.rs: target/criterion, cargo criterion --message-format json",
          recognises, read};
}

}  // namespace plimsoll::formats
