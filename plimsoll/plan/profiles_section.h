// `profiles:` of the plan, and the names by which profiles and probes speak of each other.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/yaml.h"
#include "plimsoll/plan/plan.h"
#include "plimsoll/plan/read_context.h"

namespace plimsoll::plan {

// `pr` and `nightly` are always there. `node` may be nullptr.
base::Result<std::map<std::string, Profile>> read_profiles(const base::yaml::Node* node,
                                                           const ReadContext& context);

// Each of a profile's `only:` must be a kind or a probe of the plan.
base::Status check_profiles(const base::yaml::Node* node, std::span<const ProbePlan> probes);

// The probe of that "kind/name", or of that name where only one kind has it.
std::optional<std::size_t> find_probe(std::span<const ProbePlan> probes, std::string_view name);

// "kind/name" of every probe.
std::vector<std::string> probe_names(std::span<const ProbePlan> probes);

}  // namespace plimsoll::plan
