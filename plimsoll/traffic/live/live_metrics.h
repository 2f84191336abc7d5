// A load as metrics, while it runs: what a dashboard shows of it.
//
// Names and labels are those of k6's Prometheus output behind a prefix of our own
// (https://grafana.com/docs/k6/latest/results-output/real-time/prometheus-remote-write/), so that a dashboard
// made for k6 shows our runs where the prefix is "k6":
// - PREFIX_http_reqs_total{scenario,name}: counter, requests done, errors among them
// - PREFIX_http_req_errors_total{scenario,name,error}: counter, of these the errors, by kind (ErrorKind)
// - PREFIX_http_req_failed_rate{scenario,name}: gauge, share of errors, 0 … 1
// - PREFIX_http_req_duration_STAT{scenario,name}: gauge, seconds from when a request was due
// - PREFIX_http_req_service_time_STAT{scenario,name}: the same from when it was sent, as k6 has it
// - PREFIX_http_req_waiting_STAT{scenario,name}: to the first byte, from due
// - PREFIX_http_req_first_event_STAT{scenario,name}: of streams, to the first event, from due
// - PREFIX_http_req_event_gap_STAT{scenario,name}: of streams, between two events
// - PREFIX_vus{scenario}: gauge, users of the closed model
// - PREFIX_target_rate{scenario}: gauge, requests (or flows) due a second, of the open model
// - PREFIX_server_memory_bytes: gauge, and so the next three, of the watched server
// - PREFIX_server_cpu_cores
// - PREFIX_server_open_descriptors
// - PREFIX_server_threads
//
// STAT is min, med, avg, p90, p95, p99 or max. Gauges speak of the last second or so, not, as k6's do, of the
// run until now: a slow minute can be seen to end.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "plimsoll/traffic/engine/engine.h"
#include "plimsoll/traffic/watch/server_watch.h"
#include "telemetry/metric_point.h"

namespace plimsoll::traffic {

struct LiveNames {
  std::string prefix = "plimsoll";  // of every metric's name, without the underscore
  telemetry::Labels labels;         // of every metric, besides its own
};

// invalid_argument where a prefix or label's name is not made of letters, digits and underscores, begins with
// a digit, or is one of our own labels; or where a label is there twice.
base::Status check_names(const LiveNames& names);

// Not thread-safe.
class LiveMetrics {
 public:
  // `started`: unix seconds. The route's scenario is `scenario` unless the plan has several.
  LiveMetrics(const LoadPlan& plan, const std::string& scenario, LiveNames names, double started);

  // Every counter at 0, so that the first increase can be seen.
  telemetry::MetricBatch beginning() const;

  void take(const ServerSample& sample);
  // A batch once a second has passed since the last one; `now` is unix seconds.
  std::optional<telemetry::MetricBatch> take(const LoadSlice& slice, double now);

  // What was not told yet, and then the end of every series.
  std::vector<telemetry::MetricBatch> end(double now);

 private:
  struct RouteMetrics {
    telemetry::Labels labels;
    RouteSlice recent;           // since the last batch
    base::Histogram durations;   // the same with errors at their age, so that a figure is finite
    std::uint64_t requests = 0;  // since the beginning
    ErrorCounts errors{};
  };

  // A scenario's shape, and when it begins to count, in seconds of the run.
  struct PartShape {
    std::string scenario;
    LoadShape shape;
    double begins = 0;
  };

  telemetry::MetricBatch batch(double now);
  void tell_route(RouteMetrics& route);
  void tell_times(const char* name, const telemetry::Labels& labels, const base::Histogram& times);
  void tell_shape(const PartShape& part);
  void tell_server(const ServerSample& sample);
  void tell(const std::string& name, telemetry::Labels labels, telemetry::PointKind kind, const char* unit,
            double value);

  LiveNames names_;
  std::int64_t started_milliseconds_, last_milliseconds_;
  std::vector<RouteMetrics> routes_;
  std::vector<PartShape> shapes_;
  std::optional<ServerSample> server_;
  double told_until_ = 0, seen_until_ = 0;  // seconds of the run
  bool offered_ = true;
  std::vector<telemetry::MetricPoint> points_;           // of the batch that is being made
  std::map<std::string, telemetry::MetricPoint> known_;  // every series that was told
};

}  // namespace plimsoll::traffic
