#include "plimsoll/plan/detect/pytest_suite.h"

#include <fmt/format.h>

#include "plimsoll/plan/detect/pytest_benchmark.h"
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
  const bool benchmarks = !pytest_benchmark(root).empty();
  if (benchmarks || found.because.empty() || python_tests(root).empty()) return {};
  found.entry = fmt::format(
      "name: tests\nrun: {} -m pytest -q --junitxml={{workdir}}/junit.xml\nrepeats: 3\nwarmup: 0\n",
      python(root));
  found.rules = {"bench.wall_time regression warn 10% fail 20%"};
  return {found};
}

std::vector<Detected> pytest_results(const fs::path& root) {
  if (pytest_suite(root).empty()) return {};
  Detected found;
  found.because = "what bench/tests reported last";
  found.entry = "name: tests\nfile: \"{workdir}/junit.xml\"\nformat: junit\n";
  found.rules = {"import.findings none"};
  return {found};
}

}  // namespace plimsoll::plan::detect
