#include "plimsoll/plan/detect/pytest_benchmark.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plimsoll/plan/detect/python_project.h"
#include "plimsoll/plan/detect/repository.h"

namespace plimsoll::plan::detect {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_named = 8;  // of more files than these pytest finds the benchmarks itself

bool names_pytest_benchmark(const std::string& text) {
  return text.contains("pytest-benchmark") || text.contains("pytest_benchmark");
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// `benchmark` as one of the names between the parentheses of a test function.
bool uses_fixture(const std::string& text) {
  constexpr std::string_view fixture = "benchmark";
  for (auto at = text.find("def test"); at != std::string::npos; at = text.find("def test", at + 1)) {
    const auto open = text.find('(', at);
    const auto close = text.find(')', open);
    if (open == std::string::npos || close == std::string::npos) return false;
    const auto parameters = std::string_view(text).substr(open + 1, close - open);
    for (auto name = parameters.find(fixture); name != std::string_view::npos;
         name = parameters.find(fixture, name + 1)) {
      const auto end = name + fixture.size();
      const bool starts = name == 0 || !is_word(parameters[name - 1]);
      if (starts && (end == parameters.size() || !is_word(parameters[end]))) return true;
    }
  }
  return false;
}

std::string shell_word(const std::string& word) {
  const bool plain =
      std::ranges::all_of(word, [](char c) { return is_word(c) || c == '/' || c == '.' || c == '-'; });
  return plain ? word : "'" + word + "'";
}

// A name that a command in a plan may hold as it is.
bool can_be_named(const std::string& file) {
  return file.find_first_of("'{$") == std::string::npos && base::printable(file) == file;
}

std::string what_to_run(const std::vector<fs::path>& files) {
  std::string words;
  if (files.size() > most_named) return words;
  for (const auto& file : files) words += " " + shell_word(file.generic_string());
  return words;
}

}  // namespace

std::vector<Detected> pytest_benchmark(const fs::path& root) {
  const auto requirements = requirement_files(root);
  const auto named = std::ranges::find_if(
      requirements, [&](const fs::path& file) { return names_pytest_benchmark(text_of(root / file)); });
  auto tests = python_tests(root);
  std::erase_if(tests, [&](const fs::path& file) {
    return !can_be_named(file.string()) || !uses_fixture(text_of(root / file));
  });
  if (tests.empty()) return {};
  Detected found;
  found.because = named != requirements.end()
                      ? fmt::format("{} names pytest-benchmark", named->generic_string())
                      : fmt::format("{} uses the benchmark fixture", tests.front().generic_string());
  const auto run =
      fmt::format("{} -m pytest --benchmark-only --benchmark-json={{workdir}}/pytest_benchmark.json{}",
                  python(root), what_to_run(tests));
  found.entry = fmt::format(
      "name: pytest\nrun: {}\noutput: \"{{workdir}}/pytest_benchmark.json\"\nformat: "
      "pytest-benchmark\nrepeats: 3\n",
      as_yaml(run));
  found.rules = {"bench.** regression warn 10% fail 20%"};
  return {found};
}

}  // namespace plimsoll::plan::detect
