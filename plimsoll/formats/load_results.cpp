#include "plimsoll/formats/load_results.h"

#include <algorithm>
#include <cmath>

namespace plimsoll::formats {

using model::Better;

model::Series latency_series(model::Labels labels) {
  return series_in_seconds("load.latency", std::move(labels));
}

model::Series errors_series(model::Labels labels) {
  return {{"load.errors", std::move(labels)}, "ratio", Better::lower};
}

model::Series rate_series(model::Labels labels) {
  return {{"load.rate", std::move(labels)}, "per_second", Better::higher};
}

void add_errors(Collector& collector, const model::Labels& labels, double failed, double requests) {
  const auto count = count_of(requests);
  if (!count || *count == 0 || !(failed >= 0)) return;
  Figures& figures = collector.figures(errors_series(labels));
  figures.count = count;
  figures.mean = std::min(failed / requests, 1.0);
}

std::optional<std::uint64_t> count_of(std::optional<double> number) {
  if (!number || !(*number >= 0) || *number > 9007199254740992.0 || std::floor(*number) != *number)
    return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<double> scaled(std::optional<double> number, double scale) {
  if (!number || !std::isfinite(*number * scale)) return std::nullopt;
  return *number * scale;
}

}  // namespace plimsoll::formats
