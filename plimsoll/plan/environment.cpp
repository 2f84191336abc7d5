#include "plimsoll/plan/environment.h"

#include "plimsoll/plan/placeholders.h"

namespace plimsoll::plan {

base::Status substitute_environment(base::yaml::Node& node, const Environment& environment,
                                    ValueBraces braces) {
  if (braces == ValueBraces::kept) return base::yaml::substitute_environment(node, environment, {});
  const auto escaped = [](std::string_view value) { return escape_braces(std::string(value)); };
  return base::yaml::substitute_environment(node, environment, {escaped, "${{"});
}

}  // namespace plimsoll::plan
