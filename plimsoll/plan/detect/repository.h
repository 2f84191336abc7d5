// A look at somebody's repository, bounded, so that a home folder does not hang `init`.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::plan::detect {

// Regular files whose name is asked for, relative to the root, sorted; at most 6 folders deep and 20,000
// entries seen. Hidden folders and those of builds, packages and virtual environments are left out, links are
// not followed.
std::vector<std::filesystem::path> find_files(const std::filesystem::path& root,
                                              const std::function<bool(std::string_view name)>& wanted);

// The file's text, or "" where it cannot be read or is larger than 1 MiB.
std::string text_of(const std::filesystem::path& file);

// A text as a YAML scalar that reads back the same: quoted where it must be.
std::string as_yaml(std::string_view text);

}  // namespace plimsoll::plan::detect
