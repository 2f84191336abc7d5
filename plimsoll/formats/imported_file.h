// What a result file of another tool says, in our nouns and SI units.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/histogram.h"
#include "plimsoll/model/finding.h"
#include "plimsoll/model/observation.h"

namespace plimsoll::formats {

// The figures that INTERFACES' `import` prints of a series, in its unit. What a file does not hold is absent,
// never 0 and never interpolated.
struct Figures {
  std::optional<std::uint64_t> count;
  std::optional<double> min, median, mean, p95, max;

  bool operator==(const Figures&) const = default;
};

// Percentiles by nearest rank, however few the samples. Of no samples: nothing.
Figures figures_of(const model::Samples& samples);

// Of values and how often each came; a count of 0 is none.
Figures figures_of_counts(std::vector<std::pair<double, std::uint64_t>> counts);

struct ImportedSeries {
  model::Series series;
  model::Samples samples;  // finite, in the file's order; empty where it holds figures only
  Figures figures;         // of the samples where there are any, else as the file has them
  std::optional<base::Histogram> histogram = {};  // seconds: where the file holds one in place of samples
};

// Something in the file that is no evidence, and why: a failed run, an aggregate, a skipped test.
struct Skipped {
  std::string what;
  std::string why;

  bool operator==(const Skipped&) const = default;
};

struct ImportedFile {
  std::string format;
  std::vector<ImportedSeries> series;    // in the file's order
  std::vector<model::Finding> findings;  // `probe` is empty
  std::vector<Skipped> skipped;
};

}  // namespace plimsoll::formats
