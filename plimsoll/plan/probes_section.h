// `probes:` of the plan and of what it includes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.h"
#include "plimsoll/plan/plan.h"
#include "plimsoll/plan/read_context.h"

namespace plimsoll::plan {

// What an entry may refer to.
struct ProbeSurroundings {
  const std::optional<Service>& service;
  const std::map<std::string, Profile>& profiles;
};

// The probes of all documents in their order; names are unique within a kind, `during:` is resolved to
// "kind/name". A plan without any is an error.
base::Result<std::vector<ProbePlan>> read_probes(std::span<const base::yaml::Node> documents,
                                                 const ProbeSurroundings& surroundings,
                                                 const ReadContext& context);

}  // namespace plimsoll::plan
