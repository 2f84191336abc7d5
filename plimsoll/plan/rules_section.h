// `rules:` of the plan and of what it includes.
#pragma once

#include <span>
#include <vector>

#include "base/yaml.h"
#include "plimsoll/model/rule.h"

namespace plimsoll::plan {

// The rules of all documents in their order, short and long form.
base::Result<std::vector<model::Rule>> read_rules(std::span<const base::yaml::Node> documents);

}  // namespace plimsoll::plan
