// ${NAME} in the values of a YAML document.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/yaml.h"

namespace base::yaml {

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// The process' own.
std::optional<std::string> process_environment(const std::string& name);

// How a value is written into its text, and what $${ becomes: where texts hold marks of their own, a value
// must not make one.
struct EnvironmentWriting {
  std::function<std::string(std::string_view value)> value;
  std::string mark = "${";
};

// Replaces ${NAME} in every value below the node (keys stay); $${ writes ${. A value that is one variable
// and nothing else counts as plain text, quoted or not. An unset variable, a name that
// is not [A-Za-z_][A-Za-z0-9_]* or an unclosed brace is an error at the value.
Status substitute_environment(Node& node, const Environment& environment, const EnvironmentWriting& writing);

}  // namespace base::yaml
