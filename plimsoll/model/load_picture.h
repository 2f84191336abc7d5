// A load over its time, coarse enough to be drawn and kept with its run: how latencies were spread, which
// percentiles they had, how many requests failed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/model/observation.h"

namespace plimsoll::model {

struct LoadColumn {
  double at_seconds = 0;              // since the first one's beginning
  double seconds = 0;                 // how long it lasts
  std::vector<std::uint64_t> counts;  // of each row of latency, the fastest first
  std::uint64_t failed = 0;           // gave no answer that counts: no row holds them
  bool operator==(const LoadColumn&) const = default;
};

struct SpectrumPoint {
  double share = 0;  // 0..1
  double seconds = 0;
  bool operator==(const SpectrumPoint&) const = default;
};

struct LoadPicture {
  std::string series;               // load.latency{scenario=…}
  std::vector<double> row_edges;    // seconds, ascending, one more than there are rows
  std::vector<LoadColumn> columns;  // at most 120, in order of time
  std::vector<SpectrumPoint>
      spectrum;  // latency at growing shares of the requests, as far as they are answered
  bool operator==(const LoadPicture&) const = default;
};

// One of each scenario that has `load.latency` with histograms over at least three slices; routes merge. Rows
// are eight to each tenfold of latency.
std::vector<LoadPicture> load_pictures(std::span<const SeriesData> series);

nlohmann::json to_json(const LoadPicture& picture);
base::Result<LoadPicture> load_picture_from_json(const nlohmann::json& json);

}  // namespace plimsoll::model
