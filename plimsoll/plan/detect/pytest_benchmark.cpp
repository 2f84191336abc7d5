#include "plimsoll/plan/detect/pytest_benchmark.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "plimsoll/plan/detect/repository.h"

namespace plimsoll::plan::detect {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_named = 8;  // of more files than these pytest finds the benchmarks itself

bool lists_requirements(std::string_view name) {
  constexpr std::array<std::string_view, 6> names = {"pyproject.toml", "setup.cfg", "setup.py",
                                                     "tox.ini",        "Pipfile",   "environment.yml"};
  if (std::ranges::find(names, name) != names.end()) return true;
  return name.contains("requirements") && (name.ends_with(".txt") || name.ends_with(".in"));
}

// pytest's own rule for what is a test file.
bool is_test_file(std::string_view name) {
  return name.ends_with(".py") &&
         (name.starts_with("test_") || name.ends_with("_test.py") || name.starts_with("bench"));
}

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
      const bool starts = name == 0 || !is_word(parameters[name - 1]);
      if (starts && !is_word(parameters[name + fixture.size()])) return true;
    }
  }
  return false;
}

std::string interpreter(const fs::path& root) {
  for (const auto* candidate : {".venv/bin/python", "venv/bin/python"}) {
    std::error_code error;
    if (fs::exists(root / candidate, error)) return candidate;
  }
  return "python3";
}

std::string shell_word(const std::string& word) {
  const bool plain =
      std::ranges::all_of(word, [](char c) { return is_word(c) || c == '/' || c == '.' || c == '-'; });
  return plain ? word : "'" + word + "'";
}

std::string what_to_run(const std::vector<fs::path>& files) {
  std::string words;
  if (files.size() > most_named) return words;
  for (const auto& file : files) words += " " + shell_word(file.generic_string());
  return words;
}

}  // namespace

std::vector<Detected> pytest_benchmark(const fs::path& root) {
  const auto requirements = find_files(root, lists_requirements);
  const auto named = std::ranges::find_if(
      requirements, [&](const fs::path& file) { return names_pytest_benchmark(text_of(root / file)); });
  auto tests = find_files(root, is_test_file);
  std::erase_if(tests, [&](const fs::path& file) {
    return file.string().contains('\'') || !uses_fixture(text_of(root / file));
  });
  if (tests.empty()) return {};
  Detected found;
  found.because = named != requirements.end()
                      ? fmt::format("{} names pytest-benchmark", named->generic_string())
                      : fmt::format("{} uses the benchmark fixture", tests.front().generic_string());
  const auto run = fmt::format("{} -m pytest --benchmark-only{}", interpreter(root), what_to_run(tests));
  found.entry = fmt::format("name: pytest\nrun: {}\nformat: pytest-benchmark\n", as_yaml(run));
  found.rules = {"bench.** regression warn 10% fail 20%"};
  return {found};
}

}  // namespace plimsoll::plan::detect
