// What the two looks at Python repositories share.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace plimsoll::plan::detect {

// Files that list what a project needs: pyproject.toml, setup.cfg, requirements*.txt …
std::vector<std::filesystem::path> requirement_files(const std::filesystem::path& root);

// Test files by pytest's own rule, and benchmarks beside them (bench*.py).
std::vector<std::filesystem::path> python_tests(const std::filesystem::path& root);

// The interpreter of the repository's own virtual environment, else python3.
std::string python(const std::filesystem::path& root);

}  // namespace plimsoll::plan::detect
