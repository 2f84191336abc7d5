// What a watched server did while the load ran, as series of the same run:
//   service.memory{scenario}               bytes   resident, of the process and all that it started
//   service.cpu{scenario}                  cores   the same
//   service.descriptors{scenario}          count   open ones, the same
//   service.threads{scenario}              count   the same
//   service.metric{labels,name,scenario}   by its name; what the server itself exposes, counters as rates
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/probe.h"
#include "plimsoll/traffic/watch/server_watch.h"

namespace plimsoll::probes::load {

std::vector<plan::SeriesPattern> service_series_patterns();

// Declares a series when it first has a value. Not thread-safe.
class ServiceWriter {
 public:
  ServiceWriter(Recorder& recorder, std::string scenario)
      : recorder_(&recorder), scenario_(std::move(scenario)) {}

  // `metrics` is what the samples' metrics mean (WatchReport). Samples that end before `from` (unix seconds)
  // belong to the warm-up and are left out, and so is the first reading of all, which ends no slice.
  base::Status write(std::span<const traffic::ServerSample> samples,
                     std::span<const traffic::ScrapedMetric> metrics, double from);

 private:
  base::Status write_usage(const traffic::ServerSample& sample);
  base::Status write_metrics(const traffic::ServerSample& sample,
                             std::span<const traffic::ScrapedMetric> metrics);
  base::Status observe(const model::Series& series, const traffic::ServerSample& sample, double value);

  Recorder* recorder_;
  std::string scenario_;
  std::map<model::SeriesId, model::SeriesHandle> declared_;
};

}  // namespace plimsoll::probes::load
