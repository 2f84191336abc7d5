// Accounting: what became of requests, within one slice of time and one thread, and over the whole run.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "plimsoll/traffic/engine/engine.h"

namespace plimsoll::traffic {

// One request that came to its end.
struct Outcome {
  std::uint32_t route = 0;
  base::Nanoseconds due{};
  std::optional<base::Nanoseconds> sent;  // nothing where it was given up before
  base::Nanoseconds done{};
  int status = 0;  // of a complete response, else 0
  std::optional<ErrorKind> error;
  // Of a response that came in pieces: when its first byte came, its first event and its last one.
  std::optional<base::Nanoseconds> first_byte = {};
  std::optional<base::Nanoseconds> first_event = {};
  base::Nanoseconds last_event{};
};

// The kind of error that a complete response is, if it is one.
std::optional<ErrorKind> error_of(int status, const StatusSet& expect);

class RouteTally {
 public:
  RouteTally() = default;
  RouteTally(std::span<const double> latency_edges, std::span<const double> service_edges,
             std::span<const double> first_event_edges = {}, std::span<const double> gap_edges = {});

  void record(const Outcome& outcome);
  // Neither answered nor given up when the run was stopped: its age, and no error.
  void record_open(const Outcome& outcome);
  void record_gap(const EventGap& gap);

  void merge(const RouteTally& other);
  RouteSlice slice() const;
  void add_to(RouteResult& result) const;
  bool empty() const { return requests_ == 0; }

 private:
  void count_status(int status);
  void record_latency(double latency, const Outcome& outcome);
  void record_failure(double latency, const Outcome& outcome);

  // Apart, so that one pair of histograms serves both what rules read (failures at +∞) and the result (at
  // their age).
  base::Histogram latency_, service_;
  base::Histogram failed_latency_, failed_service_;
  // A response that came whole had its first byte with its last: latency_ serves both. These are of the
  // others.
  base::Histogram pieced_latency_, pieced_first_byte_;
  base::Histogram first_event_, event_gap_;
  base::Histogram broken_gap_;  // from the last event of a stream that failed to its end
  std::uint64_t requests_ = 0;
  ErrorCounts errors_{};
  std::vector<std::pair<int, std::uint64_t>> statuses_;  // few: the last one seen stands first
};

// The same route in another part of the run, or another route, for what they have together.
void merge_into(RouteResult& all, const RouteResult& part);

// All routes of one slice.
using SliceTally = std::vector<RouteTally>;

SliceTally make_slice_tally(const LoadPlan& plan);

}  // namespace plimsoll::traffic
