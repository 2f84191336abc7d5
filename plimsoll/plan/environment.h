// ${NAME} in the values of a plan.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/yaml.h"

namespace plimsoll::plan {

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// What a brace in a variable's value becomes: where texts hold placeholders it must go on meaning itself.
enum class ValueBraces { escaped, kept };

// Replaces ${NAME} in every value below the node (keys stay); $${ writes ${. A value that is one variable
// and nothing else counts as plain text, quoted or not. An unset variable, a name that
// is not [A-Za-z_][A-Za-z0-9_]* or an unclosed brace is an error at the value.
base::Status substitute_environment(base::yaml::Node& node, const Environment& environment,
                                    ValueBraces braces);

}  // namespace plimsoll::plan
