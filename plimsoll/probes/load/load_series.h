// What a load run tells a recorder: the series of DESIGN.md, a value of each per slice.
//   load.latency{route,scenario}       seconds     histogram; errors as +∞
//   load.service_time{route,scenario}  seconds     histogram; errors as +∞
//   load.errors{route,scenario}        ratio       k errors of n requests
//   load.first_byte{route,scenario}    seconds     histogram, from when a request was due; errors as +∞
//   load.first_event{route,scenario}   seconds     the same, of streams; declared when the first one came
//   load.event_gap{route,scenario}     seconds     histogram, between events of streams
//   load.rate{scenario}                per_second  requests done, while load was offered
//   service.memory{scenario}           bytes       of the guarded service, where its process is known
//   service.cpu{scenario}              cores       the same
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/probe.h"
#include "plimsoll/traffic/engine.h"

namespace plimsoll::probes::load {

std::vector<plan::SeriesPattern> load_series_patterns();

// The bounds that rules put on a series, for the engine to count exactly; ascending, without repeats.
std::vector<double> edges_of(std::span<const EdgeRequest> edges, std::string_view series);
void set_edges(traffic::LoadPlan& plan, std::span<const EdgeRequest> edges);

// Not thread-safe. `service` is the process to watch, 0 for none.
class SeriesWriter {
 public:
  static base::Result<SeriesWriter> declare(Recorder& recorder, const std::string& scenario,
                                            std::span<const traffic::Route> routes, pid_t service,
                                            double began_at);

  base::Status write(const traffic::LoadSlice& slice);

 private:
  struct RouteHandles {
    model::Labels labels;
    model::SeriesHandle latency, service_time, errors, first_byte;
    std::optional<model::SeriesHandle> first_event, event_gap;
  };

  SeriesWriter(Recorder& recorder, pid_t service, double began_at)
      : recorder_(&recorder), service_(service), began_at_(began_at) {}
  base::Status write_route(RouteHandles& handles, const traffic::RouteSlice& route,
                           const traffic::LoadSlice& slice);
  base::Status write_stream(std::optional<model::SeriesHandle>& handle, const char* name,
                            const model::Labels& labels, const base::Histogram& histogram,
                            const traffic::LoadSlice& slice);
  base::Status write_service(const traffic::LoadSlice& slice);
  base::Status observe(model::SeriesHandle series, const traffic::LoadSlice& slice, model::Value value);

  Recorder* recorder_;
  pid_t service_;
  double began_at_;  // unix seconds of the first counted moment
  std::vector<RouteHandles> routes_;
  model::SeriesHandle rate_ = 0, memory_ = 0, cpu_ = 0;
  std::optional<std::pair<double, double>> last_cpu_;  // when (slice time), CPU seconds by then
};

}  // namespace plimsoll::probes::load
