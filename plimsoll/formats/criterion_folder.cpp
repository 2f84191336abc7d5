#include "plimsoll/formats/criterion_folder.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "plimsoll/formats/json_reading.h"

namespace plimsoll::formats {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

// The files to read, one a benchmark, in the order of their paths.
base::Result<std::vector<fs::path>> newest_measurements(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  const auto add = [&](const fs::path& measured) {
    if (measured.filename() != "new") return;
    for (const char* name : {"sample.json", "estimates.json"}) {
      if (!fs::exists(measured / name, error)) continue;
      return found.push_back(measured / name);
    }
  };
  add(folder.has_filename() ? folder : folder.parent_path());
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->is_directory(error) && !entry->is_symlink(error)) add(entry->path());
    if (found.size() > most_benchmarks) {
      return base::fail(ErrorCode::too_large,
                        fmt::format("{}: more than {} benchmarks", folder.string(), most_benchmarks));
    }
  }
  if (error) return base::fail(ErrorCode::io, folder.string() + ": " + error.message());
  std::ranges::sort(found);
  return found;
}

}  // namespace

std::optional<std::string> criterion_name_beside(const fs::path& file) {
  const auto text = base::read_file(file.parent_path() / "benchmark.json", 1 << 20);
  if (!text) return std::nullopt;
  const auto json = base::parse_json(*text, "benchmark.json");
  if (!json) return std::nullopt;
  const std::string name = text_or(*json, "full_id", text_or(*json, "title", ""));
  return name.empty() ? std::nullopt : std::optional(name);
}

base::Result<ImportedFile> read_criterion_folder(const fs::path& folder) {
  BASE_ASSIGN(const std::vector<fs::path> files, newest_measurements(folder));
  if (files.empty()) {
    return base::fail(
        ErrorCode::unsupported, folder.string() + ": a folder without results of Criterion",
        "the one folder that is read is Criterion's, target/criterion: it holds NAME/new/sample.json");
  }
  Collector collector;
  for (const fs::path& file : files) {
    BASE_ASSIGN(const std::string text, base::read_file(file));
    const fs::path benchmark = file.parent_path().parent_path();
    const auto name = criterion_name_beside(file);
    BASE_TRY(add_criterion_file(Content(text, file.string()),
                                name ? *name : benchmark.lexically_relative(folder).string(), collector));
  }
  ImportedFile result = collector.take();
  result.format = "criterion";
  return result;
}

}  // namespace plimsoll::formats
