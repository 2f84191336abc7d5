#include "plimsoll/formats/format.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/criterion_folder.h"
#include "plimsoll/formats/mapped_results.h"
#include "plimsoll/formats/mapping.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::ErrorCode;

constexpr const char* mapping_name = "mapping";

base::Result<const Format*> find_format(std::string_view name) {
  for (const Format& format : formats()) {
    if (format.name == name) return &format;
  }
  const std::vector<std::string> names = format_names();
  const auto nearest = base::nearest(name, names);
  return base::fail(
      ErrorCode::invalid_argument, fmt::format("there is no format \"{}\"", base::printable(name)),
      name == mapping_name ? "write the mapping itself: {json: {value: /time}} or {csv: {value: time}}"
      : nearest            ? fmt::format("did you mean {}?", *nearest)
                           : fmt::format("formats are {}", base::join(names, ", ")));
}

base::Error unknown(const Content& content) {
  if (content.looks_like_json() && content.json() == nullptr) return content.json_error();
  base::Error error = content.wrong("no known format of results");
  error.code = ErrorCode::unsupported;
  error.place->line = error.place->column = 1;
  error.hint = "name it with --format: " + base::join(format_names(), ", ");
  return error;
}

// One file of Criterion's does not say which benchmark it is of; the one beside it does.
void rename_criterion(const std::filesystem::path& path, ImportedFile& file) {
  const auto name = criterion_name_beside(path);
  if (!name || file.series.size() != 1) return;
  file.series.front().series.id.labels["benchmark"] = label_value(*name);
}

}  // namespace

std::span<const Format> formats() {
  static const std::vector<Format> table = {
      google_benchmark(),
      pytest_benchmark(),
      hyperfine(),
      go_testing(),
      jmh(),
      criterion(),
      k6_summary(),
      k6_csv(),
      locust_stats(),
      vegeta(),
      oha(),
      autocannon(),
      hdrhistogram_log(),
      junit(),
  };
  return table;
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format& format : formats()) names.emplace_back(format.name);
  return names;
}

const Format* recognise(const Content& content) {
  const auto all = formats();
  const auto found =
      std::ranges::find_if(all, [&](const Format& format) { return format.recognises(content); });
  return found == all.end() ? nullptr : &*found;
}

base::Result<ImportedFile> read_results(std::string_view text, std::string_view source,
                                        std::string_view format) {
  const Content content(text, source);
  if (text.size() > most_bytes) {
    base::Error error = content.wrong("is larger than " + base::format_bytes(most_bytes));
    error.code = ErrorCode::too_large;
    return std::unexpected(error);
  }
  if (base::trim(text).empty()) return std::unexpected(content.wrong("is empty: no results were written"));
  if (is_mapping_text(format)) {
    BASE_ASSIGN(const Mapping mapping, parse_mapping(format, "--format"));
    BASE_ASSIGN(ImportedFile file, read_mapped(content, mapping));
    file.format = mapping_name;
    return file;
  }
  const Format* reader = nullptr;
  if (format.empty()) {
    reader = recognise(content);
    if (reader == nullptr) return std::unexpected(unknown(content));
  } else {
    BASE_ASSIGN(reader, find_format(format));
  }
  BASE_ASSIGN(ImportedFile file, reader->read(content));
  file.format = reader->name;
  return file;
}

base::Result<ImportedFile> read_results_file(const std::string& path, std::string_view format,
                                             const std::filesystem::path& root) {
  const std::filesystem::path file_path = path == "-" ? "-" : root / path;
  std::error_code none;
  if (std::filesystem::is_directory(file_path, none)) {
    if (!format.empty() && format != "criterion")
      return base::fail(ErrorCode::invalid_argument,
                        path + ": is a folder, and only Criterion's is a result");
    return read_criterion_folder(file_path);
  }
  BASE_ASSIGN(const std::string text, base::read_file(file_path, most_bytes));
  BASE_ASSIGN(ImportedFile file, read_results(text, path, format));
  if (file.format == "criterion") rename_criterion(file_path, file);
  return file;
}

}  // namespace plimsoll::formats
