// Reads what services expose at /metrics: Prometheus text 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0 text. The writer is
// metrics.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "telemetry/metrics.h"

namespace telemetry {

enum class MetricKind { untyped, counter, gauge, histogram, summary };

struct ExposedSample {
  std::string name;                       // as it stands: with _total, _bucket, _sum, _count
  Labels labels;                          // in the order they stand, unescaped
  MetricKind kind = MetricKind::untyped;  // of its family, as the TYPE lines before it said
  double value = 0;                       // may be NaN or infinite

  bool operator==(const ExposedSample&) const = default;
};

struct ExpositionLimits {
  std::size_t samples = 50'000;
  std::size_t labels = 64;  // of one sample
};

// Samples in their order; timestamps and exemplars are passed over. corrupt names the line and what was
// expected there; too_large where a limit is passed.
base::Result<std::vector<ExposedSample>> parse_exposition(std::string_view text,
                                                          const ExpositionLimits& limits = {});

// `name{a="b"}`, as it stood.
std::string identity(const ExposedSample& sample);

}  // namespace telemetry
