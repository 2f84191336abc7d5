#include "plimsoll/plan/detect/python_project.h"

#include <algorithm>
#include <array>

#include "plimsoll/plan/detect/repository.h"

namespace plimsoll::plan::detect {
namespace {

namespace fs = std::filesystem;

bool lists_requirements(std::string_view name) {
  constexpr std::array<std::string_view, 6> names = {"pyproject.toml", "setup.cfg", "setup.py",
                                                     "tox.ini",        "Pipfile",   "environment.yml"};
  if (std::ranges::find(names, name) != names.end()) return true;
  return name.contains("requirements") && (name.ends_with(".txt") || name.ends_with(".in"));
}

bool is_test_file(std::string_view name) {
  const bool test = name.starts_with("test_") || name.ends_with("_test.py") || name.starts_with("bench");
  return test && name.ends_with(".py");
}

}  // namespace

std::vector<fs::path> requirement_files(const fs::path& root) {
  return find_files(root, lists_requirements);
}

std::vector<fs::path> python_tests(const fs::path& root) {
  return find_files(root, is_test_file);
}

std::string python(const fs::path& root) {
  for (const auto* candidate : {".venv/bin/python", "venv/bin/python"}) {
    std::error_code error;
    if (fs::exists(root / candidate, error)) return candidate;
  }
  return "python3";
}

}  // namespace plimsoll::plan::detect
