#include "telemetry/remote_write.h"

#include <algorithm>
#include <bit>

#include <protozero/pbf_writer.hpp>
#include <snappy.h>

namespace telemetry {
namespace {

// Field numbers of remote.proto and types.proto.
constexpr protozero::pbf_tag_type request_timeseries = 1;
constexpr protozero::pbf_tag_type series_labels = 1, series_samples = 2;
constexpr protozero::pbf_tag_type label_name = 1, label_value = 2;
constexpr protozero::pbf_tag_type sample_value = 1, sample_timestamp = 2;

Labels all_labels(const MetricPoint& point) {
  Labels labels = point.labels;
  labels.emplace_back("__name__", point.name + (point.kind == PointKind::counter ? "_total" : ""));
  std::erase_if(labels, [](const auto& label) { return label.second.empty(); });
  std::ranges::sort(labels);
  return labels;
}

void add_series(protozero::pbf_writer& request, const MetricPoint& point, std::int64_t at_milliseconds) {
  protozero::pbf_writer series(request, request_timeseries);
  for (const auto& [name, value] : all_labels(point)) {
    protozero::pbf_writer label(series, series_labels);
    label.add_string(label_name, name);
    label.add_string(label_value, value);
  }
  protozero::pbf_writer sample(series, series_samples);
  sample.add_double(sample_value, point.ends ? staleness_marker() : point.value);
  sample.add_int64(sample_timestamp, at_milliseconds);
}

}  // namespace

std::string write_request(const MetricBatch& batch) {
  std::string message;
  protozero::pbf_writer request(message);
  for (const MetricPoint& point : batch.points) add_series(request, point, batch.at_milliseconds);
  return message;
}

std::string remote_write_body(const MetricBatch& batch) {
  const std::string message = write_request(batch);
  std::string compressed;
  snappy::Compress(message.data(), message.size(), &compressed);
  return compressed;
}

double staleness_marker() {
  return std::bit_cast<double>(std::uint64_t{0x7ff0'0000'0000'0002});
}

}  // namespace telemetry
