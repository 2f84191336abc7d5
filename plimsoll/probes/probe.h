// The seam of gathering: a probe measures one thing and streams what it saw. It runs in a child process of
// its own
// (`plimsoll probe KIND`), so a crash, a leak or a heavy library stays its own; docs/probes.md describes the
// protocol.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/model/finding.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/status.h"

namespace plimsoll::probes {

// What a probe says while it works; written as JSON lines on descriptor 3 by StreamRecorder
// (probes/stream.h). Not thread-safe. An error means that nobody reads any more: stop.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual base::Result<model::SeriesHandle> declare(const model::Series& series) = 0;
  virtual base::Status observe(const model::Observation& observation) = 0;
  virtual base::Status finding(const model::Finding& finding) = 0;
  virtual base::Status log(std::string_view line) = 0;
  // A number worth showing in the report that no series holds: "1,234 requests".
  virtual base::Status fact(std::string_view name, std::string_view value) = 0;
};

// A bound of the plan's rules on a series: becomes an exact bucket edge.
struct EdgeRequest {
  std::string series_name;  // pattern
  double bound = 0;         // SI units
};

// All a probe is given; travels to the child as JSON on standard input.
struct Task {
  std::string kind;
  std::string name;
  std::string config_json;                     // its entry in the plan, placeholders expanded
  std::filesystem::path root;                  // the plan's folder; relative paths mean this
  std::filesystem::path workdir;               // a folder of its own that is removed afterwards
  std::string service_url;                     // "" where there is no service
  std::map<std::string, std::string> headers;  // for the service
  std::int64_t service_pid = 0;                // 0: not ours
  std::string metrics_path;                    // where the service exposes Prometheus text; "" where nowhere
  std::vector<EdgeRequest> edges;
  std::set<std::string> named_series;    // that the plan's rules name in full, not by a pattern
  std::chrono::nanoseconds extend = {};  // measure this long instead of the plan's duration; 0: as planned
  std::uint64_t seed = 1;
  bool has_company = false;  // other probes run beside it
};

// How a probe ended, where it ended in order.
struct Done {
  model::Reason reason = model::Reason::none;  // saturated, too_few … : its rules become inconclusive with it
  std::string detail;                          // one sentence
};

class Probe {
 public:
  virtual ~Probe() = default;
  // An error is a probe that could not measure (its rules become inconclusive, exit 3).
  virtual base::Result<Done> run(const Task& task, Recorder& recorder) = 0;
};

nlohmann::json to_json(const Task& task);
base::Result<Task> task_from_json(const nlohmann::json& json);

}  // namespace plimsoll::probes
