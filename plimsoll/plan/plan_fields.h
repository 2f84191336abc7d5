// Every key of plimsoll.yaml outside the kinds' own: the one table that the reader, the schema and the
// chapter follow.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan {

std::span<const Field> top_fields();       // of the plan; probes, rules and profiles have a section each
std::span<const Field> included_fields();  // of a file that `include:` names
std::span<const Field> service_fields();
std::span<const Field> base_fields();
std::span<const Field> profile_fields();
std::span<const Field> rule_fields();  // of a rule's long form
std::span<const Field> common_probe_fields();

// All keys of a kind's entry: its own, and the common ones that it does not define itself.
std::vector<Field> entry_fields(const ProbeKind& kind);

// Profiles that are there without being declared.
std::span<const std::string> usual_profiles();

}  // namespace plimsoll::plan
