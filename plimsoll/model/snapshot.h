// All that a report is drawn from, kept with its run: the same snapshot gives the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "plimsoll/model/load_picture.h"
#include "plimsoll/model/series.h"
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
// Where the statistic settled on a level, and what began it.
struct HistoryLevel {
  std::size_t first = 0;                // its first point
  double level = 0, low = 0, high = 0;  // with its 95 % interval
  std::optional<Effect> change;         // from the level before; none for the first
  std::string author, subject;  // of the commit at `first`, where git knows it and it is not the first
  bool operator==(const HistoryLevel&) const = default;
};
struct History {
  std::string rule, series, unit;
  std::vector<HistoryPoint> points;
  std::string stat;  // that was judged; empty where the rule names none
  Better better = Better::neither;
  std::vector<HistoryLevel> levels;  // none where there is too little to say
  std::optional<Effect> trend;       // a slow ramp under the levels, of 100 points
  bool operator==(const History&) const = default;
};

// Pages of the project's repository on the web; both empty where it has none.
struct Repository {
  std::string commit_url;   // before a commit's hash
  std::string compare_url;  // before OLD...NEW
  bool operator==(const Repository&) const = default;
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
  Repository repository;
  std::vector<Fact> facts;
  std::vector<std::string> log_tail;  // last lines of the guarded service, masked; only where it died
};

nlohmann::json to_json(const Snapshot& snapshot);
base::Result<Snapshot> snapshot_from_json(const nlohmann::json& json);

}  // namespace plimsoll::model
