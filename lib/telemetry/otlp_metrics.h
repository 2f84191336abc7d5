// OTLP/HTTP metrics in the JSON encoding (https://opentelemetry.io/docs/specs/otlp/,
// opentelemetry-proto 1.x): an ExportMetricsServiceRequest, and what the receiver says to it. Pure;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "telemetry/metric_point.h"

namespace telemetry {

// Counters become cumulative, monotonic sums, gauges gauges; readings of one metric stand together. Readings
// that are not finite or that `end` are left out, since JSON has no such numbers and OTLP no such end.
// `service` and `version` name the sender.
std::string otlp_metrics_body(const MetricBatch& batch, std::string_view service, std::string_view version);

// What an ExportMetricsServiceResponse refuses although the status was 200. An answer without that, or in
// another encoding, refuses nothing.
struct OtlpRefusal {
  std::uint64_t points = 0;
  std::string message;
};
OtlpRefusal otlp_refusal(std::string_view body);

}  // namespace telemetry
