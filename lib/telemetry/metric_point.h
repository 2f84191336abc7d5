// One reading of one metric, for the writers that push (remote_write.h, otlp_metrics.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "telemetry/metrics.h"

namespace telemetry {

enum class PointKind { counter, gauge };

struct MetricPoint {
  std::string name;  // a Prometheus metric name without unit or "_total" where it is a counter
  Labels labels;
  PointKind kind = PointKind::gauge;
  std::string unit;   // UCUM: "s", "By", "1"; empty: none is said
  double value = 0;   // of a counter the total since the batch's `started`
  bool ends = false;  // nothing more will come of this metric; `value` means nothing
};

// What was read at one moment.
struct MetricBatch {
  std::int64_t at_milliseconds = 0;       // unix time
  std::int64_t started_milliseconds = 0;  // when the counters were 0
  std::vector<MetricPoint> points;
};

}  // namespace telemetry
