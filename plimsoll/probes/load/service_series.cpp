#include "plimsoll/probes/load/service_series.h"

namespace plimsoll::probes::load {
namespace {

using model::Better;

}  // namespace

std::vector<plan::SeriesPattern> service_series_patterns() {
  return {{"service.memory", "bytes", Better::lower},
          {"service.cpu", "cores", Better::lower},
          {"service.descriptors", "count", Better::lower},
          {"service.threads", "count", Better::lower},
          {"service.metric", "", Better::neither}};
}

base::Status ServiceWriter::write(std::span<const traffic::ServerSample> samples,
                                  std::span<const traffic::ScrapedMetric> metrics, double from) {
  for (const traffic::ServerSample& sample : samples) {
    if (sample.at < from || !(sample.seconds > 0)) continue;  // the first reading ends no slice
    if (sample.usage) BASE_TRY(write_usage(sample));
    BASE_TRY(write_metrics(sample, metrics));
  }
  return {};
}

base::Status ServiceWriter::write_usage(const traffic::ServerSample& sample) {
  const model::Labels labels = {{"scenario", scenario_}};
  const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
  const traffic::TreeUsage& usage = *sample.usage;
  BASE_TRY(observe({{"service.memory", labels}, "bytes", Better::lower}, sample, number(usage.rss_bytes)));
  if (usage.descriptors > 0) {
    BASE_TRY(observe({{"service.descriptors", labels}, "count", Better::lower}, sample,
                     number(usage.descriptors)));
  }
  BASE_TRY(observe({{"service.threads", labels}, "count", Better::lower}, sample, number(usage.threads)));
  if (!sample.cpu_cores) return {};
  return observe({{"service.cpu", labels}, "cores", Better::lower}, sample, *sample.cpu_cores);
}

base::Status ServiceWriter::write_metrics(const traffic::ServerSample& sample,
                                          std::span<const traffic::ScrapedMetric> metrics) {
  for (const traffic::ScrapedValue& value : sample.metrics) {
    if (value.metric >= metrics.size()) continue;  // the watch goes on while we read
    const traffic::ScrapedMetric& metric = metrics[value.metric];
    model::Labels labels = {{"name", metric.name}, {"scenario", scenario_}};
    if (!metric.labels.empty()) labels["labels"] = metric.labels;
    BASE_TRY(observe({{"service.metric", labels}, metric.unit, Better::neither}, sample, value.value));
  }
  return {};
}

base::Status ServiceWriter::observe(const model::Series& series, const traffic::ServerSample& sample,
                                    double value) {
  auto known = declared_.find(series.id);
  if (known == declared_.end()) {
    BASE_ASSIGN(const model::SeriesHandle handle, recorder_->declare(series));
    known = declared_.emplace(series.id, handle).first;
  }
  return recorder_->observe({.series = known->second,
                             .slice_start = sample.at - sample.seconds,
                             .slice_seconds = sample.seconds,
                             .value = value});
}

}  // namespace plimsoll::probes::load
