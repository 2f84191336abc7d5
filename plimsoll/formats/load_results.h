// Series that the formats of load generators share. They have the names of `plimsoll load`'s own, so that
// rules on load read the same.
#pragma once

#include <cstdint>
#include <optional>

#include "plimsoll/formats/collector.h"

namespace plimsoll::formats {

model::Series latency_series(model::Labels labels);  // load.latency, seconds
model::Series errors_series(model::Labels labels);   // load.errors, a share
model::Series rate_series(model::Labels labels);     // load.rate, requests per second

// load.errors as figures: so many requests, such a share of them failed. Nothing of no requests.
void add_errors(Collector& collector, const model::Labels& labels, double failed, double requests);

// A number of the file as a count: nothing where it is no whole number from 0 to 2^53.
std::optional<std::uint64_t> count_of(std::optional<double> number);

// The number times `scale`, where there is one.
std::optional<double> scaled(std::optional<double> number, double scale);

}  // namespace plimsoll::formats
