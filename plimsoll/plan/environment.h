// ${NAME} in the values of a plan.
#pragma once

#include "base/yaml_environment.h"

namespace plimsoll::plan {

using base::yaml::Environment;

// What a brace in a variable's value becomes: where texts hold placeholders it must go on meaning itself.
enum class ValueBraces { escaped, kept };

// base::yaml::substitute_environment, which says what is replaced and what is an error.
base::Status substitute_environment(base::yaml::Node& node, const Environment& environment,
                                    ValueBraces braces);

}  // namespace plimsoll::plan
