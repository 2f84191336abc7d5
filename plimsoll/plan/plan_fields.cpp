#include "plimsoll/plan/plan_fields.h"

#include <algorithm>

namespace plimsoll::plan {

std::span<const Field> service_fields() {
  static const std::vector<Field> fields = {
      {"start", FieldType::command, false,
       "The command that starts the service, split as a POSIX shell quotes and run without a shell; {port} "
       "is a free "
       "port, {workdir} a fresh folder."},
      {"url", FieldType::url, false, "Where a service listens that runs already; instead of start."},
      {"ready", FieldType::text, false, "The path that answers 200 once the service is ready.", {}, {}, "/"},
      {"ready_timeout",
       FieldType::duration,
       false,
       "How long the service may take until it is ready.",
       {},
       {},
       "30s"},
      {"stop_timeout",
       FieldType::duration,
       false,
       "How long the service may take to end after SIGTERM.",
       {},
       {},
       "10s"},
      {"headers", FieldType::text_map, false, "Headers sent with every request to the service."},
      {"environment", FieldType::text_map, false, "Environment variables of the started service."},
      {"metrics", FieldType::text, false, "The path of the service's Prometheus metrics."},
  };
  return fields;
}

std::span<const Field> base_fields() {
  static const std::vector<Field> fields = {
      {"branch", FieldType::text, false, "The branch whose runs are the baseline.", {}, {}, "main"},
      {"build", FieldType::command, false,
       "The command that builds the project; `check --base REV` runs it in a worktree of REV."},
  };
  return fields;
}

std::span<const Field> profile_fields() {
  static const std::vector<Field> fields = {
      {"budget", FieldType::duration, false, "The time that all probes together may take."},
      {"only", FieldType::text_list, false,
       "Kinds of probes, or single ones as kind/name, that run in this profile."},
  };
  return fields;
}

std::span<const Field> rule_fields() {
  static const std::vector<Field> fields = {
      {"rule", FieldType::text, true, "The rule, like load.latency p95 < 200ms."},
      {"level", FieldType::text, false, "What a violation means.", {"fail", "warn"}},
      {"because", FieldType::text, false, "Why the rule is there."},
      {"owner", FieldType::text, false, "Who answers for it."},
      {"until", FieldType::text, false, "The day after which it should be looked at again, like 2026-12-31."},
  };
  return fields;
}

std::span<const Field> common_probe_fields() {
  static const std::vector<Field> fields = {
      {"name", FieldType::text, false, "The probe's name, unique within its kind."},
      {"state",
       FieldType::text,
       false,
       "fresh gives the probe a start of the service of its own.",
       {"fresh"}},
      {"profiles", FieldType::text_list, false,
       "The profiles in which the probe runs; without it, in every one."},
      {"timeout", FieldType::duration, false, "The probe is killed after this time: a hang is a crash."},
      {"max_duration", FieldType::duration, false,
       "How long sampling may be extended while a judgement is undecided; 3 times the probe's duration by "
       "default."},
      {"during", FieldType::text, false, "The probe beside which this one runs, as kind/name or name."},
  };
  return fields;
}

std::span<const Field> top_fields() {
  const auto object = [](std::span<const Field> fields) {
    return std::vector<Field>(fields.begin(), fields.end());
  };
  static const std::vector<Field> fields = {
      {"project", FieldType::text, false, "The project's name; the folder's by default."},
      {"include", FieldType::text_list, false,
       "Files whose probes and rules are added, relative to this file."},
      {"service", FieldType::object, false, "The service that is guarded.", {}, object(service_fields())},
      {"store",
       FieldType::text,
       false,
       "Where evidence is kept, relative to this file.",
       {},
       {},
       ".plimsoll/evidence.db"},
      {"base", FieldType::object, false, "What a release is compared with.", {}, object(base_fields())},
      {"profiles", FieldType::any, false, "Choices of probes for an occasion, by name."},
      {"probes", FieldType::any, false, "What is measured, by kind."},
      {"rules", FieldType::any, false, "What is demanded of it."},
  };
  return fields;
}

std::span<const Field> included_fields() {
  static const std::vector<Field> fields = {
      {"include", FieldType::text_list, false, "Further files, relative to this one."},
      {"probes", FieldType::any, false, "What is measured, by kind."},
      {"rules", FieldType::any, false, "What is demanded of it."},
  };
  return fields;
}

std::vector<Field> entry_fields(const ProbeKind& kind) {
  std::vector<Field> fields = kind.fields;
  for (const auto& common : common_probe_fields()) {
    const bool own = std::ranges::find(kind.fields, common.key, &Field::key) != kind.fields.end();
    if (!own) fields.push_back(common);
  }
  return fields;
}

std::span<const std::string> usual_profiles() {
  static const std::vector<std::string> names = {"pr", "nightly"};
  return names;
}

}  // namespace plimsoll::plan
