// All that a report is drawn from, kept with its run: the same snapshot gives the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "plimsoll/model/load_picture.h"
#include "plimsoll/model/verdict.h"

namespace plimsoll::model {

// A series over the time of this run: one point a slice.
struct TimelinePoint {
  double at_seconds = 0;  // since the series' first slice
  std::uint64_t count = 0;
  std::optional<double> p50, p95, p99;  // of histograms and samples; a scalar or rate stands in p50 alone
  bool operator==(const TimelinePoint&) const = default;
};
struct Timeline {
  std::string series;
  std::string unit;
  std::vector<TimelinePoint> points;
  bool operator==(const Timeline&) const = default;
};

// A judged statistic over earlier runs, oldest first, this run last.
struct HistoryPoint {
  std::string run;
  std::string commit;  // may be empty
  double started = 0;  // unix seconds
  double value = 0;
  bool operator==(const HistoryPoint&) const = default;
};
struct History {
  std::string rule, series, unit;
  std::vector<HistoryPoint> points;
  bool operator==(const History&) const = default;
};

// A number worth showing that no rule judged, or that belongs beside one: "1,234 requests", "peak memory 41
// MiB".
struct Fact {
  std::string name, value;
  bool operator==(const Fact&) const = default;
};

struct Snapshot {
  Verdict verdict;
  std::vector<Timeline> timelines;
  std::vector<LoadPicture> loads;
  std::vector<History> histories;
  std::vector<Fact> facts;
  std::vector<std::string> log_tail;  // last lines of the guarded service, masked; only where it died
};

nlohmann::json to_json(const Snapshot& snapshot);
base::Result<Snapshot> snapshot_from_json(const nlohmann::json& json);

}  // namespace plimsoll::model
