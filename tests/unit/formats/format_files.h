// Outputs that the real tools printed about programs of this project, and how a test reads them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "plimsoll/formats/format.h"

namespace plimsoll::formats {

inline std::string data_text(const std::string& name) {
  auto text = base::read_file(std::string(PLIMSOLL_SOURCE_DIR "/tests/unit/formats/data/") + name);
  return text ? *text : std::string();
}

// By content, as a user's file would be.
inline ImportedFile read_data(const std::string& name) {
  auto file = read_results(data_text(name), name);
  if (!file) ADD_FAILURE() << base::to_string(file.error());
  return file ? *std::move(file) : ImportedFile{};
}

// The series of that identity; a test fails where there is none.
inline ImportedSeries series_of(const ImportedFile& file, std::string_view id) {
  const auto found = std::ranges::find_if(
      file.series, [&](const ImportedSeries& series) { return to_string(series.series.id) == id; });
  if (found != file.series.end()) return *found;
  std::string known;
  for (const auto& series : file.series) known += to_string(series.series.id) + "\n";
  ADD_FAILURE() << "no series " << id << "; there are\n" << known;
  return {};
}

inline bool has_series(const ImportedFile& file, std::string_view id) {
  return std::ranges::any_of(file.series,
                             [&](const ImportedSeries& series) { return to_string(series.series.id) == id; });
}

inline bool was_skipped(const ImportedFile& file, std::string_view what, std::string_view why) {
  return std::ranges::any_of(file.skipped, [&](const Skipped& skipped) {
    return skipped.what == what && skipped.why.find(why) != std::string::npos;
  });
}

inline std::string error_of(std::string_view text, std::string_view format = {}) {
  const auto file = read_results(text, "results.file", format);
  return file ? "no error" : base::to_string(file.error());
}

}  // namespace plimsoll::formats
