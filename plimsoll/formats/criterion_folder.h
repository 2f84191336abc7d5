// What Criterion.rs leaves on disk: one folder a benchmark, of which one file alone does not say the name.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/content.h"

namespace plimsoll::formats {

inline constexpr std::size_t most_benchmarks = 10'000;  // in a folder

// Every benchmark whose newest measurement (`new/sample.json`, else `new/estimates.json`) lies in the folder
// or below it. corrupt with its file for a broken one, unsupported where there is none, too_large past
// most_benchmarks. Links are not followed.
base::Result<ImportedFile> read_criterion_folder(const std::filesystem::path& folder);

// The name in the benchmark.json beside the file; nothing where there is none to read.
std::optional<std::string> criterion_name_beside(const std::filesystem::path& file);

// A sample.json or an estimates.json of the benchmark of that name.
base::Status add_criterion_file(const Content& content, const std::string& name, Collector& collector);

}  // namespace plimsoll::formats
