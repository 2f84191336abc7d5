// Prometheus remote-write 1.0 (https://prometheus.io/docs/specs/prw/remote_write_spec/): a WriteRequest as
// protobuf, compressed as one Snappy block. Pure; thread-safe.
#pragma once

#include <string>

#include "telemetry/metric_point.h"

namespace telemetry {

// Counters get "_total" behind their name, as the naming conventions want. Labels are sorted by name; empty
// values are left out, for they mean the same as none. A point that `ends` is the staleness marker, after
// which Prometheus draws no line any more.
std::string write_request(const MetricBatch& batch);

// The body of the POST.
std::string remote_write_body(const MetricBatch& batch);

// The NaN that ends a series (https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness).
double staleness_marker();

}  // namespace telemetry
