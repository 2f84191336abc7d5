#include "plimsoll/probes/record_results.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "base/units.h"

namespace plimsoll::probes {
namespace {

constexpr std::size_t many_series = 900;  // a probe may have 1,000
constexpr std::size_t subject_bytes = 200;
constexpr std::size_t samples_at_once = 10'000;

// pytest-benchmark keeps each of some 200,000 rounds, and a line of the stream has its limit. Samples of one
// slice add up, so many travel as several observations.
base::Status observe_in_parts(model::Observation observation, const model::Value& value, Recorder& recorder) {
  const auto* samples = std::get_if<model::Samples>(&value);
  if (samples == nullptr || samples->size() <= samples_at_once) {
    observation.value = value;
    return recorder.observe(observation);
  }
  for (std::size_t at = 0; at < samples->size(); at += samples_at_once) {
    const auto part = std::span(*samples).subspan(at, std::min(samples_at_once, samples->size() - at));
    observation.value = model::Samples(part.begin(), part.end());
    BASE_TRY(recorder.observe(observation));
  }
  return {};
}

base::Status record_value(model::Series series, const model::Value& value, const std::string& source,
                          bool merge_tests, Stamp stamp, Recorder& recorder) {
  model::Observation observation{.slice_start = stamp.at, .slice_seconds = stamp.seconds};
  if (!source.empty()) series.id.labels["source"] = source;
  if (const auto test = series.id.labels.find("test"); merge_tests && test != series.id.labels.end()) {
    observation.subject = base::truncate_utf8(test->second, subject_bytes);
    series.id.labels.erase(test);
  }
  BASE_ASSIGN(observation.series, recorder.declare(series));
  return observe_in_parts(std::move(observation), value, recorder);
}

// A percentile that a file holds alone is a value by itself: of a median no percentile can be judged.
base::Status record_series(const formats::ImportedSeries& imported, const std::string& source,
                           bool merge_tests, Stamp stamp, Recorder& recorder) {
  if (const auto value = value_to_keep(imported))
    BASE_TRY(record_value(imported.series, *value, source, merge_tests, stamp, recorder));
  const bool is_alone = imported.samples.empty() && !imported.histogram;
  if (!is_alone || !imported.figures.p95) return {};
  model::Series p95 = imported.series;
  p95.id.name += "_p95";
  return record_value(std::move(p95), *imported.figures.p95, source, merge_tests, stamp, recorder);
}

}  // namespace

std::optional<model::Value> value_to_keep(const formats::ImportedSeries& series) {
  if (series.samples.size() == 1) return series.samples.front();
  if (!series.samples.empty()) return series.samples;
  if (series.histogram) return *series.histogram;
  if (series.figures.median) return *series.figures.median;
  if (series.figures.mean) return *series.figures.mean;
  return std::nullopt;
}

base::Status record_results(const formats::ImportedFile& file, const std::string& source, Stamp stamp,
                            Recorder& recorder) {
  const bool merge_tests = file.series.size() > many_series;
  for (const formats::ImportedSeries& series : file.series)
    BASE_TRY(record_series(series, source, merge_tests, stamp, recorder));
  for (const model::Finding& finding : file.findings) BASE_TRY(recorder.finding(finding));
  if (file.skipped.empty()) return {};
  return recorder.fact("skipped", base::format_count(static_cast<double>(file.skipped.size())) +
                                      ", the first: " + file.skipped.front().what + " (" +
                                      file.skipped.front().why + ")");
}

}  // namespace plimsoll::probes
