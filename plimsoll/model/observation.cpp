#include "plimsoll/model/observation.h"

#include <cmath>
#include <limits>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/model/json_fields.h"

namespace plimsoll::model {
namespace {

using base::ErrorCode;
using base::Json;

constexpr std::size_t kMaxSubjectBytes = 200;

std::unexpected<base::Error> invalid(std::string message) {
  return base::fail(ErrorCode::invalid_argument, std::move(message));
}
std::unexpected<base::Error> corrupt(std::string message) {
  return base::fail(ErrorCode::corrupt, std::move(message));
}

bool is_number_kind(const Value& value) {
  return std::holds_alternative<double>(value) || std::holds_alternative<Samples>(value);
}

Value merge_proportions(std::span<const Observation> observations) {
  Proportion sum;
  for (const auto& observation : observations) {
    const auto* one = std::get_if<Proportion>(&observation.value);
    if (one == nullptr) continue;
    sum.k += one->k;
    sum.n += one->n;
  }
  return sum;
}

Value merge_histograms(std::span<const Observation> observations) {
  std::optional<base::Histogram> merged;
  for (const auto& observation : observations) {
    const auto* one = std::get_if<base::Histogram>(&observation.value);
    if (one == nullptr) continue;
    // The first is copied, not merged into an empty one: that one would have no edges, and merging drops what
    // one lacks.
    if (merged)
      merged->merge(*one);
    else
      merged = *one;
  }
  return *merged;
}

Value merge_samples(std::span<const Observation> observations) {
  Samples all;
  all.reserve(observations.size());
  for (const auto& observation : observations) {
    if (const auto* scalar = std::get_if<double>(&observation.value)) all.push_back(*scalar);
    if (const auto* samples = std::get_if<Samples>(&observation.value)) {
      all.insert(all.end(), samples->begin(), samples->end());
    }
  }
  return all;
}

Json histogram_to_json(const base::Histogram& histogram) {
  const auto parts = histogram.parts();
  Json buckets = Json::array();
  for (const auto& bucket : parts.buckets) buckets.push_back({bucket.index, bucket.count});
  Json edges = Json::array();
  for (const auto& edge : parts.edges) edges.push_back({exact_number(edge.seconds), edge.at_or_below});
  return {{"buckets", std::move(buckets)},  {"edges", std::move(edges)},
          {"infinite", parts.infinite},     {"clamped", parts.clamped},
          {"sum", exact_number(parts.sum)}, {"sum_of_squares", exact_number(parts.sum_of_squares)},
          {"min", exact_number(parts.min)}, {"max", exact_number(parts.max)}};
}

// The pairs [a, b] of a list; absent is an empty list.
template <class Take>
base::Status read_pairs(const Json& json, std::string_view key, const Take& take) {
  const Json* list = base::find(json, key);
  if (list == nullptr) return {};
  if (!list->is_array()) return corrupt("histogram " + std::string(key) + ": expected a list of pairs");
  for (const Json& pair : *list) {
    if (!pair.is_array() || pair.size() != 2 || !pair[1].is_number_unsigned() || !take(pair[0], pair[1])) {
      return corrupt("histogram " + std::string(key) + ": expected [number, count], found " +
                     base::dump(pair).substr(0, 60));
    }
  }
  return {};
}

base::Status read_histogram_sums(const Json& json, base::Histogram::Parts& parts) {
  BASE_ASSIGN(parts.infinite, unsigned_or(json, "infinite", 0));
  BASE_ASSIGN(parts.clamped, unsigned_or(json, "clamped", 0));
  BASE_ASSIGN(parts.sum, number_or(json, "sum", 0));
  BASE_ASSIGN(parts.sum_of_squares, number_or(json, "sum_of_squares", 0));
  BASE_ASSIGN(parts.min, number_or(json, "min", 0));
  BASE_ASSIGN(parts.max, number_or(json, "max", 0));
  return {};
}

base::Result<Value> histogram_from_json(const Json& json) {
  BASE_TRY(expect_object(json, "histogram"));
  base::Histogram::Parts parts;
  BASE_TRY(read_pairs(json, "buckets", [&](const Json& index, const Json& count) {
    if (!index.is_number_unsigned() ||
        index.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()) {
      return false;
    }
    parts.buckets.push_back({index.get<std::uint32_t>(), count.get<std::uint64_t>()});
    return true;
  }));
  BASE_TRY(read_pairs(json, "edges", [&](const Json& seconds, const Json& count) {
    const auto bound = read_exact_number(seconds, "edge");
    if (bound) parts.edges.push_back({*bound, count.get<std::uint64_t>()});
    return bound.has_value();
  }));
  BASE_TRY(read_histogram_sums(json, parts));
  base::Histogram histogram;
  if (!base::Histogram::from_parts(parts, histogram))
    return corrupt("histogram: its parts contradict each other");
  return histogram;
}

base::Result<Value> samples_from_json(const Json& json) {
  if (!json.is_array()) return corrupt("samples: expected a list of numbers");
  Samples samples;
  samples.reserve(json.size());
  for (const Json& item : json) {
    BASE_ASSIGN(const double sample, read_exact_number(item, "samples"));
    samples.push_back(sample);
  }
  return samples;
}

base::Result<Value> proportion_from_json(const Json& json) {
  if (base::find(json, "k") == nullptr || base::find(json, "n") == nullptr)
    return corrupt("expected both k and n");
  Proportion proportion;
  BASE_ASSIGN(proportion.k, unsigned_or(json, "k", 0));
  BASE_ASSIGN(proportion.n, unsigned_or(json, "n", 0));
  return proportion;
}

base::Result<Value> value_from_json(const Json& json) {
  if (const Json* scalar = base::find(json, "scalar")) return read_exact_number(*scalar, "scalar");
  if (base::find(json, "k") || base::find(json, "n")) return proportion_from_json(json);
  if (const Json* histogram = base::find(json, "histogram")) return histogram_from_json(*histogram);
  if (const Json* samples = base::find(json, "samples")) return samples_from_json(*samples);
  return corrupt("expected one of scalar, k and n, histogram, samples");
}

void add_value(Json& json, const Value& value) {
  if (const auto* scalar = std::get_if<double>(&value)) {
    json["scalar"] = exact_number(*scalar);
  } else if (const auto* proportion = std::get_if<Proportion>(&value)) {
    json["k"] = proportion->k;
    json["n"] = proportion->n;
  } else if (const auto* histogram = std::get_if<base::Histogram>(&value)) {
    json["histogram"] = histogram_to_json(*histogram);
  } else {
    Json samples = Json::array();
    for (const double sample : std::get<Samples>(value)) samples.push_back(exact_number(sample));
    json["samples"] = std::move(samples);
  }
}

}  // namespace

base::Status validate(const Observation& observation) {
  if (!std::isfinite(observation.slice_start) || observation.slice_start < 0) {
    return invalid("an observation's slice must start at a finite time from 0");
  }
  if (!std::isfinite(observation.slice_seconds) || observation.slice_seconds < 0) {
    return invalid("an observation's slice must have a finite length from 0");
  }
  if (observation.subject.size() > kMaxSubjectBytes) return invalid("a subject is longer than 200 bytes");
  if (!base::is_valid_utf8(observation.subject)) return invalid("a subject is not valid UTF-8");
  const auto* proportion = std::get_if<Proportion>(&observation.value);
  if (proportion != nullptr && proportion->k > proportion->n) {
    return invalid("a proportion of " + std::to_string(proportion->k) + " of " +
                   std::to_string(proportion->n));
  }
  return {};
}

std::optional<Value> merge(std::span<const Observation> observations) {
  if (observations.empty()) return std::nullopt;
  const Value& first = observations.front().value;
  if (is_number_kind(first)) return merge_samples(observations);
  if (std::holds_alternative<Proportion>(first)) return merge_proportions(observations);
  return merge_histograms(observations);
}

Json to_json(const Observation& observation) {
  Json json = {{"series", observation.series},
               {"at", exact_number(observation.slice_start)},
               {"for", exact_number(observation.slice_seconds)}};
  if (observation.block) json["block"] = *observation.block;
  if (observation.base_side) json["base"] = true;
  if (!observation.subject.empty()) json["subject"] = observation.subject;
  add_value(json, observation.value);
  return json;
}

base::Result<Observation> observation_from_json(const Json& json) {
  BASE_TRY(expect_object(json, "observation"));
  Observation observation;
  if (base::find(json, "series") == nullptr) return corrupt("series: expected a number, found nothing");
  BASE_ASSIGN(const auto series, integer_or(json, "series", 0, 0, std::numeric_limits<SeriesHandle>::max()));
  observation.series = static_cast<SeriesHandle>(series);
  BASE_ASSIGN(observation.slice_start, base::get_number(json, "at"));
  BASE_ASSIGN(observation.slice_seconds, number_or(json, "for", 0));
  if (const Json* block = base::find(json, "block"); block != nullptr && !block->is_null()) {
    using Limits = std::numeric_limits<std::int32_t>;
    BASE_ASSIGN(const auto number, integer_or(json, "block", 0, Limits::min(), Limits::max()));
    observation.block = static_cast<std::int32_t>(number);
  }
  BASE_ASSIGN(observation.base_side, bool_or(json, "base", false));
  BASE_ASSIGN(observation.subject, string_or(json, "subject", {}));
  BASE_ASSIGN(observation.value, value_from_json(json));
  BASE_TRY(validate(observation));
  return observation;
}

}  // namespace plimsoll::model
