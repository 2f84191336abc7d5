// What a load run tells a recorder: the series of DESIGN.md, a value of each per slice.
//   load.latency{route,scenario}       seconds     histogram; errors as +∞
//   load.service_time{route,scenario}  seconds     histogram; errors as +∞
//   load.errors{route,scenario}        ratio       k errors of n requests
//   load.first_event{route,scenario}   seconds     histogram, from when a request was due; errors as +∞
//   load.first_byte{route,scenario}    seconds     the same to the first byte
//   load.event_gap{route,scenario}     seconds     histogram, between events
// These three are of routes that stream: declared when the first event came. Elsewhere the first byte comes
// with the last, so that load.first_byte would say what load.latency says; it is there all the same where a
// rule names it or sets a bound on it.
//   load.rate{scenario}                per_second  requests done, while load was offered
// What the server did meanwhile is in service_series.h.
#pragma once

#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/probe.h"
#include "plimsoll/traffic/engine/engine.h"

namespace plimsoll::probes::load {

std::vector<plan::SeriesPattern> load_series_patterns();

// The bounds that rules put on a series, for the engine to count exactly; ascending, without repeats.
std::vector<double> edges_of(std::span<const EdgeRequest> edges, std::string_view series);
void set_edges(traffic::LoadPlan& plan, std::span<const EdgeRequest> edges);

// `scenario` is the label's value, unless the routes name scenarios of their own; `named` are the series that
// rules name in full (Task). Not thread-safe.
class SeriesWriter {
 public:
  static base::Result<SeriesWriter> declare(Recorder& recorder, const std::string& scenario,
                                            const traffic::LoadPlan& plan, double began_at,
                                            const std::set<std::string>& named = {});

  base::Status write(const traffic::LoadSlice& slice);

 private:
  struct RouteHandles {
    model::Labels labels;
    model::SeriesHandle latency, service_time, errors;
    std::optional<model::SeriesHandle> first_byte, first_event, event_gap;
    std::size_t rate;  // of its scenario, in rates_
  };

  SeriesWriter(Recorder& recorder, double began_at) : recorder_(&recorder), began_at_(began_at) {}
  base::Result<std::size_t> rate_of(const std::string& scenario);
  base::Status write_rates(const traffic::LoadSlice& slice);
  base::Status write_route(RouteHandles& handles, const traffic::RouteSlice& route,
                           const traffic::LoadSlice& slice);
  base::Status write_streams(RouteHandles& handles, const traffic::RouteSlice& route,
                             const traffic::LoadSlice& slice);
  base::Status write_stream(std::optional<model::SeriesHandle>& handle, const char* name,
                            const model::Labels& labels, const base::Histogram& histogram,
                            const traffic::LoadSlice& slice);
  base::Status observe(model::SeriesHandle series, const traffic::LoadSlice& slice, model::Value value);

  Recorder* recorder_;
  double began_at_;  // unix seconds of the first counted moment
  bool first_byte_is_asked_ = false;
  std::vector<RouteHandles> routes_;
  std::vector<std::pair<std::string, model::SeriesHandle>> rates_;  // one a scenario
};

}  // namespace plimsoll::probes::load
