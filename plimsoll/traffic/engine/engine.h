// The load engine: sends what a LoadPlan says, and accounts for every request that was due.
//
// Due, sent and done are separate times. Latency runs from when a request was due to its last byte, service
// time from when it was sent. In the open model requests are due on a schedule that never waits for the
// server; in the closed model a request is due when it is sent, and its figures do not see what a waiting
// user would have sent ("corrected": false). A request given up (failed, timed out) has its age as latency in
// the result, and +∞ in the slices that rules are judged by. One thread per worker on epoll; memory does not
// grow with the length of the run.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/histogram.h"
#include "plimsoll/traffic/load_plan.h"

namespace plimsoll::traffic {

// Why a request is an error; `check` is any other status outside what was expected.
enum class ErrorKind { dns, connect, tls, timeout, reset, protocol, http_4xx, http_5xx, check };
inline constexpr std::size_t error_kinds = 9;
using ErrorCounts = std::array<std::uint64_t, error_kinds>;

std::string_view to_string(ErrorKind kind);
std::uint64_t total(const ErrorCounts& errors);

// So many times so long between two events of a stream.
struct EventGap {
  base::Nanoseconds length{};
  std::uint64_t count = 0;
};

// One route in one slice of time; a request belongs to the slice in which it was done.
struct RouteSlice {
  base::Histogram latency;       // errors as +∞; with the plan's edges, those of first_byte among them
  base::Histogram service_time;  // the same, of requests that were sent
  base::Histogram given_up;      // the errors' latencies: their ages
  std::uint64_t requests = 0;
  ErrorCounts errors{};
  base::Histogram first_byte;   // from when the request was due; errors as +∞; edges like latency's
  base::Histogram first_event;  // of streams, from due; on a route that has streamed, errors as +∞
  base::Histogram event_gap;  // between the events of streams; the last one of a stream that broke off as +∞
};

struct LoadSlice {
  double start_seconds = 0;  // since the load began to count
  double seconds = 0;
  bool offered = true;  // load was due during all of it; false where the run only waited for answers
  std::vector<RouteSlice> routes;  // in the plan's order
};

// One route over the whole run, or all of them.
struct RouteResult {
  std::uint64_t requests = 0;              // that were due, sent or not
  std::map<int, std::uint64_t> responses;  // complete ones, by status
  ErrorCounts errors{};
  base::Histogram latency;  // requests given up at their age
  base::Histogram service_time;
  base::Histogram first_byte;   // from when the request was due
  base::Histogram first_event;  // of streams (text/event-stream, or chunks that did not come all at once)
  base::Histogram event_gap;    // between the events of streams
};

// How often a check of a step held.
struct CheckCounts {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
};
struct CheckResult {
  std::string route;
  std::string name;  // "extract" for what later steps need of a response
  CheckCounts counts;
};

// How flows ended.
struct FlowCounts {
  std::uint64_t completed = 0;  // every step taken, none failed
  std::uint64_t failed = 0;     // a step failed, whether or not the flow went on
};

// What is said about the generator itself.
struct GeneratorResult {
  bool saturated = false;
  double cpu_seconds = 0;  // of this process during the run
  std::uint64_t max_rss_bytes = 0;
  std::uint64_t late_sends = 0;       // later than max(5 ms, 5 % of the median) for causes of our own
  double run_queue_wait_seconds = 0;  // the threads were ready and had no core
  int threads = 0;
  int connection_limit = 0;  // open model: that would have been used at most
  std::uint64_t connections_opened = 0;
};

struct LoadResult {
  bool open = false;
  bool interrupted = false;  // stopped early
  bool unreachable = false;  // nobody listened, the name is unknown, or TLS failed from the start
  std::string unreachable_because;
  bool gave_up = false;  // ended early: for the plan's `abort_after` no request was answered
  std::string gave_up_because;
  std::optional<TlsSummary> tls;        // of an https run
  double duration_seconds = 0;          // from the first counted moment until the last request was done
  std::optional<double> intended_rate;  // open model
  double achieved_rate = 0;             // complete responses per second
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t open_at_end = 0;  // neither answered nor given up when the run was stopped
  GeneratorResult generator;
  RouteResult all;
  std::vector<std::pair<std::string, RouteResult>> routes;
  std::vector<CheckResult> checks;  // in the order of the routes; of plans with flows
  std::vector<std::pair<std::string, FlowCounts>> flows;
  std::string teardown_error;  // "" where all went well

  // The service was not there to be measured, from the start or from some moment on.
  bool service_was_dead() const { return unreachable || gave_up; }
};

struct LoadEvents {
  std::function<void(const LoadSlice&)> on_slice;  // in order, one at a time
  std::function<bool()> stop;                      // asked every 50 ms or so: whether to end early
};

// Runs to the end: after the last due time it waits until every request is answered, failed or timed out.
// invalid_argument for a plan that contradicts itself or a target that is not allowed; io where the system
// refuses what the engine needs. An unreachable target is a result, not an error.
// Where the plan has a set-up, it comes first: unavailable where one of its steps failed, with the response's
// status and first bytes, and nothing is measured. Slices of several parts are handed out as one.
base::Result<LoadResult> run_load(const LoadPlan& plan, const LoadEvents& events = {});

// One part of a run, without set-up and tear-down.
base::Result<LoadResult> run_one_load(const LoadPlan& plan, const LoadEvents& events = {});

// "nobody answers at http://127.0.0.1:8080/: connection refused", of a result that is unreachable or gave up;
// else empty.
std::string why_it_ended(const LoadPlan& plan, const LoadResult& result);

// More than max(10, 0.1 % of the sends) were late (EVIDENCE: load accounting).
bool is_saturated(std::uint64_t late_sends, std::uint64_t sends);

// How late a send may be: max(5 ms, 5 % of the median latency).
double late_after_seconds(double median_latency_seconds);

// How many connections the open model uses at most where nobody said: what descriptors allow (the soft limit
// is raised), at most 16,384.
int default_connection_limit();

}  // namespace plimsoll::traffic
