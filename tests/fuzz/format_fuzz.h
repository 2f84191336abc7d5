// What holds of every reader of result files, whatever it is given.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "plimsoll/formats/format.h"

// What is read is valid and finite; what is refused says so in valid UTF-8.
inline int fuzz_format(const std::uint8_t* data, std::size_t size, std::string_view format) {
  using namespace plimsoll;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = formats::read_results(text, "fuzz", format);
  if (!file) {
    if (!base::is_valid_utf8(base::to_string(file.error()))) std::abort();
    return 0;
  }
  for (const formats::ImportedSeries& series : file->series) {
    if (!model::validate(series.series)) std::abort();
    if (!series.samples.empty() && series.figures.count != series.samples.size()) std::abort();
    for (const double sample : series.samples) {
      if (!std::isfinite(sample)) std::abort();
    }
  }
  for (const model::Finding& finding : file->findings) {
    if (finding.fingerprint.empty() || !base::is_valid_utf8(finding.message)) std::abort();
  }
  return 0;
}
