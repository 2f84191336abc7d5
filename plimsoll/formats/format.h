// Result files of other tools: which there are, told apart by content, and what they say.
// docs/import.md is the same for people. A new format is one .cpp file, its line in readers.h and its line in
// format.cpp's table.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/formats/content.h"
#include "plimsoll/formats/imported_file.h"

namespace plimsoll::formats {

// Of a result file. JSON that is one document is held to base::JsonLimits, 64 MiB, since it is in memory
// whole.
inline constexpr std::size_t most_bytes = std::size_t{256} << 20;

struct Format {
  std::string_view name;     // for `--format` and `format:`
  std::string_view written;  // what writes it: "pytest --junitxml=FILE"
  bool (*recognises)(const Content& content);
  base::Result<ImportedFile> (*read)(const Content& content);
};

// Every format, in the order in which a file is held against them. Lives as long as the program.
std::span<const Format> formats();
std::vector<std::string> format_names();

// The format whose content this is; nullptr where none knows it.
const Format* recognise(const Content& content);

// Reads a file by the format of that name, by content where `format` is empty, or by a mapping where it is
// one's text (mapping.h). Errors name the source and the place: too_large above most_bytes, corrupt for a
// truncated or broken file, unsupported for what no format knows, invalid_argument for an unknown format's
// name.
base::Result<ImportedFile> read_results(std::string_view text, std::string_view source,
                                        std::string_view format = {});

// The same from the machine's disk; of a folder, Criterion's benchmarks in it. A relative path means `root`;
// errors name the path as it was given.
base::Result<ImportedFile> read_results_file(const std::string& path, std::string_view format = {},
                                             const std::filesystem::path& root = {});

}  // namespace plimsoll::formats
