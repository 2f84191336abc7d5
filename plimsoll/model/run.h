// One gathering of evidence, and the machine it happened on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "plimsoll/model/status.h"

namespace plimsoll::model {

// What of a machine makes measurements comparable, and what is merely recorded.
struct Environment {
  std::string architecture;  // keyed, like the next four
  std::string cpu_model;
  int usable_cores = 0;
  double cgroup_quota_cores = 0;  // 0: no quota
  std::string runner_label;       // PLIMSOLL_RUNNER, or empty
  std::string kernel;             // recorded, like all that follow
  std::string compiler;
  std::string governor;
  double steal_share = 0;
  std::uint64_t memory_bytes = 0;
  std::string image;

  bool operator==(const Environment&) const = default;
};

// 16 hexadecimal digits over the keyed fields.
std::string comparability_key(const Environment& environment);

enum class RunState { running, complete, aborted };

// What became of one probe of the plan in one run.
struct ProbeRecord {
  std::string kind;
  std::string name;
  std::string config_digest;        // runs compare only where it is equal
  std::string status = "complete";  // complete | crashed | failed | saturated | skipped
  Reason reason = Reason::none;     // what its rules become inconclusive with
  double duration_seconds = 0;
  std::string error;  // one sentence, empty where it went well

  bool operator==(const ProbeRecord&) const = default;
};

// "load/basic": unique in a run; what series and findings carry as their probe.
inline std::string probe_id(const ProbeRecord& record) {
  return record.kind + "/" + record.name;
}

struct Run {
  std::string id;  // "20261123T145235-1a2b3c4d": sorts by start
  std::string project;
  std::optional<std::string> commit;  // full hash; nullopt outside a repository
  std::optional<std::string> branch;
  bool dirty = false;    // tracked files were changed: recorded, never a baseline
  bool partial = false;  // --only or --skip
  bool waived = false;
  base::UtcTime started{};
  std::optional<base::UtcTime> finished;
  Environment environment;
  std::string comparability;  // comparability_key(environment)
  RunState state = RunState::running;
  std::optional<Status> verdict;  // of a complete run
  std::vector<ProbeRecord> probes;
  std::string program_version;
  std::int64_t process_id = 0;  // with boot_id: whether a running run's process is still there
  std::string boot_id;

  bool operator==(const Run&) const = default;
};

std::string_view to_string(RunState state);
base::Result<RunState> parse_run_state(std::string_view text);

nlohmann::json to_json(const Environment& environment);
base::Result<Environment> environment_from_json(const nlohmann::json& json);
nlohmann::json to_json(const Run& run);
base::Result<Run> run_from_json(const nlohmann::json& json);

}  // namespace plimsoll::model
