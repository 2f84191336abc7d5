// One number out of a value: what a rule's stat means on each kind of value.
#pragma once

#include <optional>

#include "plimsoll/model/observation.h"
#include "plimsoll/model/rule.h"

namespace plimsoll::model {

// percentile, median, min, max, mean of histograms and samples (nearest rank); rate = k/n of proportions;
// count = how many values. A scalar is a sample of one. Without a stat: the rate of proportions, the mean of
// samples and histograms, the scalar itself. nullopt where the value does not hold it (a percentile of a
// proportion, anything of nothing). May be ±∞ or NaN where the evidence is.
std::optional<double> statistic(const Value& value, const std::optional<Stat>& stat);

// The unit of that number, given the series' unit: "count" for count, "bytes_per_hour" and the like for a
// slope, else the series'.
std::string statistic_unit(const std::string& series_unit, const std::optional<Stat>& stat);

std::string to_string(const Stat& stat);  // "p95", "p99.9", "median"

// Reads what to_string writes; nothing for any other text.
std::optional<Stat> parse_stat(std::string_view text);

}  // namespace plimsoll::model
