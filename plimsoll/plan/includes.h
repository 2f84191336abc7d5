// The documents of a plan: itself and what it includes, ${NAME} replaced.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/yaml.h"
#include "plimsoll/plan/environment.h"

namespace plimsoll::plan {

// The plan first, then each included file once, in the order in which they are named. Every root is a map of
// known keys; an included one holds only probes, rules and include. Errors: a file that is missing, an
// include circle, more than 64.
base::Result<std::vector<base::yaml::Node>> load_documents(std::string_view text,
                                                           const std::filesystem::path& file,
                                                           const Environment& environment);

}  // namespace plimsoll::plan
