// Sends metrics to one receiver from a thread of its own: the load is never held up by it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "net/headers.h"
#include "net/url.h"
#include "telemetry/metric_point.h"

namespace plimsoll::traffic {

enum class LiveProtocol { remote_write, otlp };

struct LiveTarget {
  LiveProtocol protocol = LiveProtocol::remote_write;
  net::Url url;
  net::Headers headers;  // Authorization and the like
};

// What became of the readings so far.
struct LiveReport {
  LiveProtocol protocol = LiveProtocol::remote_write;
  std::string url;            // without its query
  std::uint64_t sent = 0;     // readings that the receiver has taken
  std::uint64_t dropped = 0;  // that it refused, or that there was no time or room for
  std::string problem;        // of the last batch that could not be sent
};

// Batches go out one by one and in order. Tried again, after 0.2 s, then twice as long up to 10 s, or as
// Retry-After says: no connection, no answer within 4 s, 429, and of a remote-write receiver any 5xx, of an
// OTLP one 502, 503 and 504 (both specifications). Any other status drops the batch. At most 300 batches
// wait; then the oldest that is not under way is dropped. Thread-safe.
class LiveSender {
 public:
  explicit LiveSender(LiveTarget target);
  ~LiveSender();  // drops what waits

  void push(std::shared_ptr<const telemetry::MetricBatch> batch);

  // From now on nothing may be pushed any more, and for so long what waits is tried; then the rest is
  // dropped. Returns at once.
  void end(base::Nanoseconds at_most);

  // The same, where end() did not come before, and waits until it is done: up to 4 s longer where the
  // receiver does not answer.
  LiveReport finish(base::Nanoseconds at_most);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The address that is meant: one without a path is the receiver's usual one (/api/v1/write, /v1/metrics).
base::Result<LiveTarget> live_target(LiveProtocol protocol, std::string_view url, net::Headers headers);

}  // namespace plimsoll::traffic
