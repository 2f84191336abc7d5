// A value of a series in a slice of time: the one form in which anything measured travels.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "base/histogram.h"
#include "plimsoll/model/series.h"

namespace plimsoll::model {

// k of n; 0 <= k <= n.
struct Proportion {
  std::uint64_t k = 0;
  std::uint64_t n = 0;
  bool operator==(const Proportion&) const = default;
};

using Samples = std::vector<double>;
using Value = std::variant<double, Proportion, base::Histogram, Samples>;

// Index of a series in the order in which its run declared them.
using SeriesHandle = std::uint32_t;

struct Observation {
  SeriesHandle series = 0;
  double slice_start = 0;                  // unix seconds
  double slice_seconds = 0;                // length of the slice that the value stands for; 0: a moment
  std::optional<std::int32_t> block = {};  // pairs base and head of an interleaved measurement
  bool base_side = false;                  // with a block: measured on the base, not on the head
  std::string subject =
      {};  // the sampled thing (query id, request class, user), at most 200 bytes; often empty
  Value value;

  bool operator==(const Observation&) const = default;
};

// Everything one run says about one series.
struct SeriesData {
  Series series;
  std::string probe;  // name of the probe that declared it
  std::vector<Observation> observations;
};

// invalid_argument for k > n, a slice that is not finite or is negative, a subject that is too long or not
// UTF-8. A value that is not finite is allowed here and makes its judgement inconclusive (not_finite).
base::Status validate(const Observation& observation);

// Merges values of one kind: proportions add up, histograms merge, scalars and samples become samples.
// nullopt where there are none; kinds that differ are a defect of the caller and take the first's kind.
std::optional<Value> merge(std::span<const Observation> observations);

// {"series":0,"at":…,"for":…,"block":…,"base":true,"subject":…,"scalar":1.5} — or "k","n" | "histogram":{…} |
// "samples":[…]. Numbers that are not finite are the strings "NaN", "+Inf", "-Inf".
nlohmann::json to_json(const Observation& observation);
base::Result<Observation> observation_from_json(const nlohmann::json& json);

}  // namespace plimsoll::model
