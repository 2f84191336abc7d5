#include "plimsoll/plan/detect/pytest_suite.h"

#include <fmt/format.h>

#include "plimsoll/plan/detect/python_project.h"
#include "plimsoll/plan/detect/repository.h"

namespace plimsoll::plan::detect {
namespace {

namespace fs = std::filesystem;

// Why the tests are pytest's, or "".
std::string reason(const fs::path& root) {
  for (const auto& file : requirement_files(root)) {
    if (text_of(root / file).contains("pytest")) return file.generic_string() + " names pytest";
  }
  const auto own =
      find_files(root, [](std::string_view name) { return name == "conftest.py" || name == "pytest.ini"; });
  return own.empty() ? "" : "there is " + own.front().generic_string();
}

}  // namespace

std::vector<Detected> pytest_suite(const fs::path& root) {
  Detected found;
  found.because = reason(root);
  if (found.because.empty() || python_tests(root).empty()) return {};
  found.entry = fmt::format("name: tests\nrun: {} -m pytest -q\nrepeats: 3\n", python(root));
  found.rules = {"bench.wall_time regression warn 10% fail 20%"};
  return {found};
}

}  // namespace plimsoll::plan::detect
