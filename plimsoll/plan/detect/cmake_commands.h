// CMake's language, as far as finding programs needs it (cmake-language(7)).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::plan::detect {

struct CmakeCommand {
  std::string name;                    // in lower case
  std::vector<std::string> arguments;  // unquoted, ${…} as written
};

// The commands of a file in order: comments and bracket arguments left out. What is no command is skipped.
std::vector<CmakeCommand> cmake_commands(std::string_view text);

// Replaces each ${NAME} that is known; an unknown one stays.
std::string replace_variables(std::string text, const std::map<std::string, std::string>& variables);

}  // namespace plimsoll::plan::detect
