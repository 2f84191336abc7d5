// The project's C++ files as the tidy tests read them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

// One #include line: the path as it is written, and its line from 1.
struct Include {
  std::string path;
  int line = 0;
};

struct SourceFile {
  std::string path;  // from the project's root, with '/'
  std::string text;
  std::vector<Include> includes;

  bool is_header() const { return path.ends_with(".h"); }
  bool is_in(std::string_view folder) const { return path.starts_with(std::string(folder) + "/"); }
};

// A line of the design that a file crosses.
struct Violation {
  std::string file;
  int line = 0;
  std::string message;
};

// "file:line: message", one a line, for a test's failure.
std::string to_string(const std::vector<Violation>& violations);

// Every .h and .cpp file below the folders, sorted by path. Folders that do not exist have none; throws where
// reading fails.
std::vector<SourceFile> read_sources(const std::filesystem::path& root,
                                     const std::vector<std::string>& folders);

// The lines of a text without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace tidy
