#include "plimsoll/model/run.h"

#include <limits>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "plimsoll/model/json_fields.h"

namespace plimsoll::model {
namespace {

using base::ErrorCode;
using base::Json;

// All nine digits: what is read back is what was written.
Json time_to_json(base::UtcTime time) {
  return base::to_rfc3339(time, 9);
}

Json null_if_empty(std::string_view text) {
  return text.empty() ? Json() : Json(text);
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json to_json(const ProbeRecord& probe) {
  return {{"kind", probe.kind},
          {"name", probe.name},
          {"config_digest", probe.config_digest},
          {"status", probe.status},
          {"reason", null_if_empty(to_string(probe.reason))},
          {"duration_seconds", exact_number(probe.duration_seconds)},
          {"error", null_if_empty(probe.error)}};
}

base::Result<ProbeRecord> probe_from_json(const Json& json) {
  BASE_TRY(expect_object(json, "probe"));
  ProbeRecord probe;
  BASE_ASSIGN(probe.kind, base::get_string(json, "kind"));
  BASE_ASSIGN(probe.name, base::get_string(json, "name"));
  BASE_ASSIGN(probe.config_digest, string_or(json, "config_digest", {}));
  BASE_ASSIGN(probe.status, string_or(json, "status", "complete"));
  BASE_ASSIGN(const auto reason, string_or(json, "reason", {}));
  BASE_ASSIGN(probe.reason, parse_reason(reason));
  BASE_ASSIGN(probe.duration_seconds, number_or(json, "duration_seconds", 0));
  BASE_ASSIGN(probe.error, string_or(json, "error", {}));
  return probe;
}

base::Status read_times(const Json& json, Run& run) {
  BASE_ASSIGN(const auto started, base::get_string(json, "started"));
  BASE_ASSIGN(run.started, base::parse_rfc3339(started));
  BASE_ASSIGN(const auto finished, optional_string(json, "finished"));
  if (!finished) return {};
  BASE_ASSIGN(run.finished, base::parse_rfc3339(*finished));
  return {};
}

base::Status read_origin(const Json& json, Run& run) {
  BASE_ASSIGN(run.commit, optional_string(json, "commit"));
  BASE_ASSIGN(run.branch, optional_string(json, "branch"));
  BASE_ASSIGN(run.dirty, bool_or(json, "dirty", false));
  BASE_ASSIGN(run.partial, bool_or(json, "partial", false));
  BASE_ASSIGN(run.waived, bool_or(json, "waived", false));
  BASE_ASSIGN(run.program_version, string_or(json, "program_version", {}));
  BASE_ASSIGN(run.process_id, integer_or(json, "process_id", 0, 0, std::numeric_limits<std::int64_t>::max()));
  BASE_ASSIGN(run.boot_id, string_or(json, "boot_id", {}));
  return {};
}

base::Status read_outcome(const Json& json, Run& run) {
  BASE_ASSIGN(const auto state, base::get_string(json, "state"));
  BASE_ASSIGN(run.state, parse_run_state(state));
  BASE_ASSIGN(const auto verdict, optional_string(json, "verdict"));
  if (verdict) {
    BASE_ASSIGN(run.verdict, parse_status(*verdict));
  }
  const Json* probes = base::find(json, "probes");
  if (probes == nullptr) return {};
  if (!probes->is_array()) return base::fail(ErrorCode::corrupt, "probes: expected a list");
  for (const Json& item : *probes) {
    BASE_ASSIGN(auto probe, probe_from_json(item));
    run.probes.push_back(std::move(probe));
  }
  return {};
}

}  // namespace

std::string comparability_key(const Environment& environment) {
  const std::vector<std::string> keyed = {
      environment.architecture, environment.cpu_model, std::to_string(environment.usable_cores),
      base::shortest_double(environment.cgroup_quota_cores), environment.runner_label};
  return base::hex64(base::xxh3_64(base::join(keyed, "\x1f")));
}

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::running:
      return "running";
    case RunState::complete:
      return "complete";
    case RunState::aborted:
      return "aborted";
  }
  return "aborted";
}

base::Result<RunState> parse_run_state(std::string_view text) {
  for (const auto state : {RunState::running, RunState::complete, RunState::aborted}) {
    if (text == to_string(state)) return state;
  }
  return base::fail(ErrorCode::corrupt, "expected running, complete or aborted, found \"" +
                                            std::string(text.substr(0, 60)) + "\"");
}

Json to_json(const Environment& environment) {
  const bool limited = environment.cgroup_quota_cores != 0;
  return {{"architecture", environment.architecture},
          {"cpu_model", environment.cpu_model},
          {"usable_cores", environment.usable_cores},
          {"cgroup_quota_cores", limited ? exact_number(environment.cgroup_quota_cores) : Json()},
          {"runner_label", environment.runner_label},
          {"kernel", environment.kernel},
          {"compiler", environment.compiler},
          {"governor", environment.governor},
          {"steal_share", exact_number(environment.steal_share)},
          {"memory_bytes", environment.memory_bytes},
          {"image", environment.image}};
}

base::Result<Environment> environment_from_json(const Json& json) {
  BASE_TRY(expect_object(json, "environment"));
  Environment environment;
  BASE_ASSIGN(environment.architecture, string_or(json, "architecture", {}));
  BASE_ASSIGN(environment.cpu_model, string_or(json, "cpu_model", {}));
  BASE_ASSIGN(const auto cores, integer_or(json, "usable_cores", 0, 0, std::numeric_limits<int>::max()));
  environment.usable_cores = static_cast<int>(cores);
  BASE_ASSIGN(environment.cgroup_quota_cores, number_or(json, "cgroup_quota_cores", 0));
  BASE_ASSIGN(environment.runner_label, string_or(json, "runner_label", {}));
  BASE_ASSIGN(environment.kernel, string_or(json, "kernel", {}));
  BASE_ASSIGN(environment.compiler, string_or(json, "compiler", {}));
  BASE_ASSIGN(environment.governor, string_or(json, "governor", {}));
  BASE_ASSIGN(environment.steal_share, number_or(json, "steal_share", 0));
  BASE_ASSIGN(environment.memory_bytes, unsigned_or(json, "memory_bytes", 0));
  BASE_ASSIGN(environment.image, string_or(json, "image", {}));
  return environment;
}

Json to_json(const Run& run) {
  Json probes = Json::array();
  for (const auto& probe : run.probes) probes.push_back(to_json(probe));
  return {{"id", run.id},
          {"project", run.project},
          {"commit", or_null(run.commit)},
          {"branch", or_null(run.branch)},
          {"dirty", run.dirty},
          {"partial", run.partial},
          {"waived", run.waived},
          {"started", time_to_json(run.started)},
          {"finished", run.finished ? time_to_json(*run.finished) : Json()},
          {"environment", to_json(run.environment)},
          {"comparability", run.comparability},
          {"state", to_string(run.state)},
          {"verdict", run.verdict ? Json(to_string(*run.verdict)) : Json()},
          {"probes", std::move(probes)},
          {"program_version", run.program_version},
          {"process_id", run.process_id},
          {"boot_id", run.boot_id}};
}

base::Result<Run> run_from_json(const Json& json) {
  BASE_TRY(expect_object(json, "run"));
  Run run;
  BASE_ASSIGN(run.id, base::get_string(json, "id"));
  BASE_ASSIGN(run.project, string_or(json, "project", {}));
  BASE_ASSIGN(run.comparability, string_or(json, "comparability", {}));
  if (const Json* environment = base::find(json, "environment")) {
    BASE_ASSIGN(run.environment, environment_from_json(*environment));
  }
  BASE_TRY(read_times(json, run));
  BASE_TRY(read_origin(json, run));
  BASE_TRY(read_outcome(json, run));
  return run;
}

}  // namespace plimsoll::model
