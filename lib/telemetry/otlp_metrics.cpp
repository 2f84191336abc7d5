#include "telemetry/otlp_metrics.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/json.h"
#include "base/text.h"

namespace telemetry {
namespace {

constexpr int cumulative = 2;  // AGGREGATION_TEMPORALITY_CUMULATIVE; enums are numbers in OTLP's JSON

// 64-bit integers are texts in protobuf's JSON.
std::string nanoseconds(std::int64_t milliseconds) {
  return std::to_string(milliseconds * 1'000'000);
}

base::OrderedJson attribute(std::string_view key, std::string_view value) {
  return {{"key", key}, {"value", {{"stringValue", value}}}};
}

base::OrderedJson data_point(const MetricPoint& point, const MetricBatch& batch) {
  base::OrderedJson json = {{"attributes", base::OrderedJson::array()}};
  for (const auto& [name, value] : point.labels) json["attributes"].push_back(attribute(name, value));
  if (point.kind == PointKind::counter) json["startTimeUnixNano"] = nanoseconds(batch.started_milliseconds);
  json["timeUnixNano"] = nanoseconds(batch.at_milliseconds);
  json["asDouble"] = point.value;
  return json;
}

base::OrderedJson metric_without_points(const MetricPoint& point) {
  base::OrderedJson json = {{"name", point.name}, {"unit", point.unit}};
  if (point.kind == PointKind::gauge) {
    json["gauge"] = {{"dataPoints", base::OrderedJson::array()}};
  } else {
    json["sum"] = {{"dataPoints", base::OrderedJson::array()},
                   {"aggregationTemporality", cumulative},
                   {"isMonotonic", true}};
  }
  return json;
}

base::OrderedJson metrics_of(const MetricBatch& batch) {
  base::OrderedJson metrics = base::OrderedJson::array();
  std::map<std::string, std::size_t> known;
  for (const MetricPoint& point : batch.points) {
    if (point.ends || !std::isfinite(point.value)) continue;
    const auto [found, is_new] = known.try_emplace(point.name, metrics.size());
    if (is_new) metrics.push_back(metric_without_points(point));
    base::OrderedJson& metric = metrics[found->second];
    metric[point.kind == PointKind::gauge ? "gauge" : "sum"]["dataPoints"].push_back(
        data_point(point, batch));
  }
  return metrics;
}

}  // namespace

std::string otlp_metrics_body(const MetricBatch& batch, std::string_view service, std::string_view version) {
  base::OrderedJson attributes = base::OrderedJson::array();
  attributes.push_back(attribute("service.name", service));
  attributes.push_back(attribute("service.version", version));
  base::OrderedJson scope = {{"scope", {{"name", service}, {"version", version}}}};
  scope["metrics"] = metrics_of(batch);
  base::OrderedJson resource = {{"resource", {{"attributes", std::move(attributes)}}}};
  resource["scopeMetrics"] = base::OrderedJson::array({std::move(scope)});
  base::OrderedJson request;
  request["resourceMetrics"] = base::OrderedJson::array({std::move(resource)});
  return base::dump(request);
}

OtlpRefusal otlp_refusal(std::string_view body) {
  OtlpRefusal refusal;
  const auto json = base::parse_json(body, "the receiver's answer");
  if (!json) return refusal;
  const base::Json* partial = base::find(*json, "partialSuccess");
  if (partial == nullptr) return refusal;
  const base::Json* rejected = base::find(*partial, "rejectedDataPoints");
  if (rejected != nullptr && rejected->is_string()) {
    const auto points = base::parse_integer(rejected->get_ref<const std::string&>());
    refusal.points = static_cast<std::uint64_t>(std::max(points.value_or(0), 0LL));
  } else if (rejected != nullptr && rejected->is_number_unsigned()) {
    refusal.points = rejected->get<std::uint64_t>();
  }
  if (const auto message = base::get_string(*partial, "errorMessage")) refusal.message = *message;
  return refusal;
}

}  // namespace telemetry
