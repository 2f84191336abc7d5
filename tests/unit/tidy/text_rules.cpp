#include "text_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/text.h"

namespace tidy {
namespace {

constexpr std::size_t kMostLines = 600;

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Where `word` stands in a line with no letter, digit or underscore on either side.
std::size_t find_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !is_name(line[at - 1]);
    if (starts && (end == line.size() || !is_name(line[end]))) return at;
  }
  return std::string_view::npos;
}

bool calls(std::string_view line, std::string_view function) {
  const std::size_t at = find_word(line, function);
  return at != std::string_view::npos && base::trim(line.substr(at + function.size())).starts_with('(');
}

// Every line of which `broken` holds.
template <class Broken>
std::vector<Violation> lines_where(const std::vector<SourceFile>& files, std::string_view message,
                                   Broken broken) {
  std::vector<Violation> found;
  for (const auto& file : files) {
    int number = 0;
    for (const auto line : lines_of(file.text)) {
      ++number;
      if (broken(file, line)) found.push_back({file.path, number, std::string(message)});
    }
  }
  return found;
}

}  // namespace

std::vector<Violation> headers_without_guard(const std::vector<SourceFile>& files) {
  std::vector<Violation> found;
  for (const auto& file : files) {
    const auto lines = lines_of(file.text);
    const bool guarded =
        std::ranges::any_of(lines, [](std::string_view line) { return base::trim(line) == "#pragma once"; });
    if (file.is_header() && !guarded) found.push_back({file.path, 1, "a header without #pragma once"});
  }
  return found;
}

std::vector<Violation> unfinished_marks(const std::vector<SourceFile>& files) {
  // Each in two halves, so that this file does not find itself.
  constexpr std::array<std::string_view, 3> kMarks = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "X"
      "XX"};
  return lines_where(files, "a mark of unfinished work", [&](const SourceFile&, std::string_view line) {
    return std::ranges::any_of(
        kMarks, [line](std::string_view mark) { return find_word(line, mark) != std::string_view::npos; });
  });
}

std::vector<Violation> long_files(const std::vector<SourceFile>& files) {
  std::vector<Violation> found;
  for (const auto& file : files) {
    const std::size_t lines = lines_of(file.text).size();
    if (lines <= kMostLines) continue;
    found.push_back(
        {file.path, static_cast<int>(lines), "longer than " + std::to_string(kMostLines) + " lines"});
  }
  return found;
}

std::vector<Violation> sleeping_tests(const std::vector<SourceFile>& files) {
  constexpr std::array<std::string_view, 5> kSleeps = {"sleep_for", "sleep_until", "usleep", "nanosleep",
                                                       "sleep"};
  return lines_where(
      files, "sleeps instead of waiting for a condition", [&](const SourceFile& file, std::string_view line) {
        return file.is_in("tests") && !file.is_in("tests/support") &&
               std::ranges::any_of(kSleeps,
                                   [line](std::string_view function) { return calls(line, function); });
      });
}

}  // namespace tidy
