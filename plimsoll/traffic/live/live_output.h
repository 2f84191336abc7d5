// A load's metrics to every receiver that was asked for, while it runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plimsoll/traffic/live/live_metrics.h"
#include "plimsoll/traffic/live/live_sender.h"

namespace plimsoll::traffic {

struct LiveOptions {
  std::vector<LiveTarget> targets;  // none: nothing is sent anywhere
  LiveNames names;
};

// What a command line or plan says; empty addresses ask for nothing. invalid_argument, beginning with the
// option's or key's name, where an address, a header or a name cannot be used.
struct LiveRequest {
  std::string remote_write, otlp;  // addresses
  net::Headers headers;            // of both
  LiveNames names;
};
base::Result<LiveOptions> live_options(const LiveRequest& request);

// Not thread-safe.
class LiveOutput {
 public:
  LiveOutput(const LoadPlan& plan, const std::string& scenario, const LiveOptions& options);

  void take(const ServerSample& sample);
  void take(const LoadSlice& slice);

  // The end of every series, and what became of it all; up to 3 s (7 s where a receiver does not answer). One
  // report a target.
  std::vector<LiveReport> finish();

 private:
  void push(telemetry::MetricBatch batch);

  std::vector<std::unique_ptr<LiveSender>> senders_;
  LiveMetrics metrics_;
};

// "remote-write to http://127.0.0.1:9090/api/v1/write: 1,204 readings", for people; with what was dropped and
// why.
std::string live_text(const LiveReport& report);

}  // namespace plimsoll::traffic
