#include "plimsoll/probes/record_results.h"

#include "base/text.h"
#include "base/units.h"

namespace plimsoll::probes {
namespace {

constexpr std::size_t many_series = 900;  // a probe may have 1,000
constexpr std::size_t subject_bytes = 200;

base::Status record_series(const formats::ImportedSeries& imported, const std::string& source,
                           bool merge_tests, Stamp stamp, Recorder& recorder) {
  const auto value = value_to_keep(imported);
  if (!value) return {};
  model::Series series = imported.series;
  model::Observation observation{.slice_start = stamp.at, .slice_seconds = stamp.seconds, .value = *value};
  if (!source.empty()) series.id.labels["source"] = source;
  if (const auto test = series.id.labels.find("test"); merge_tests && test != series.id.labels.end()) {
    observation.subject = base::truncate_utf8(test->second, subject_bytes);
    series.id.labels.erase(test);
  }
  BASE_ASSIGN(observation.series, recorder.declare(series));
  return recorder.observe(observation);
}

}  // namespace

std::optional<model::Value> value_to_keep(const formats::ImportedSeries& series) {
  if (series.samples.size() == 1) return series.samples.front();
  if (!series.samples.empty()) return series.samples;
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
