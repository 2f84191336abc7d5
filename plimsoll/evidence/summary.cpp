#include "plimsoll/evidence/summary.h"

#include <algorithm>

#include "plimsoll/evidence/chunk_codec.h"

namespace plimsoll::evidence {
namespace {

using model::Observation;
using model::Proportion;
using model::Samples;
using model::Value;

// As it reads back from the store, whose sums are doubles: merged when written or merged again later is the
// same then.
base::Histogram as_stored(const base::Histogram& histogram) {
  base::Histogram stored;
  return base::Histogram::from_parts(histogram.parts(), stored) ? stored : histogram;
}

// What the first value of a series becomes: scalars are samples from the start.
Value first_value(const Value& value) {
  if (const auto* scalar = std::get_if<double>(&value)) return Samples{*scalar};
  if (const auto* histogram = std::get_if<base::Histogram>(&value)) return as_stored(*histogram);
  return value;
}

void add_number(Samples& samples, const Value& value) {
  if (const auto* scalar = std::get_if<double>(&value)) samples.push_back(*scalar);
  if (const auto* more = std::get_if<Samples>(&value))
    samples.insert(samples.end(), more->begin(), more->end());
}

void merge_into(Value& sum, const Value& value) {
  if (auto* samples = std::get_if<Samples>(&sum)) {
    add_number(*samples, value);
  } else if (auto* proportion = std::get_if<Proportion>(&sum)) {
    if (const auto* more = std::get_if<Proportion>(&value)) {
      proportion->k += more->k;
      proportion->n += more->n;
    }
  } else if (auto* histogram = std::get_if<base::Histogram>(&sum)) {
    if (const auto* more = std::get_if<base::Histogram>(&value)) histogram->merge(as_stored(*more));
  }
}

}  // namespace

void Summary::add(const Observation& observation) {
  (observation.base_side ? base_ : head_).add(observation);
}

void Summary::Side::add(const Observation& observation) {
  const double slice_end = observation.slice_start + observation.slice_seconds;
  start = value ? std::min(start, observation.slice_start) : observation.slice_start;
  end = value ? std::max(end, slice_end) : slice_end;
  if (value)
    merge_into(*value, observation.value);
  else
    value = first_value(observation.value);
}

std::vector<Observation> Summary::observations(model::SeriesHandle handle) const {
  std::vector<Observation> merged;
  for (const Side* side : {&head_, &base_}) {
    if (!side->value) continue;
    merged.push_back({.series = handle,
                      .slice_start = side->start,
                      .slice_seconds = side->end - side->start,
                      .base_side = side == &base_,
                      .value = *side->value});
  }
  return merged;
}

std::string encode_summary(const Summary& summary) {
  return encode_chunk(summary.observations(0));
}

base::Result<std::vector<Observation>> decode_summary(std::string_view bytes) {
  std::vector<Observation> merged;
  BASE_TRY(decode_chunk(
      bytes, [](model::SeriesHandle) { return true; },
      [&](Observation&& observation) { merged.push_back(std::move(observation)); }));
  return merged;
}

}  // namespace plimsoll::evidence
