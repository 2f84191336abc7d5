// What k6 measures, by its metrics' names (https://grafana.com/docs/k6/latest/using-k6/metrics/reference/).
#pragma once

#include <string>
#include <string_view>

#include "plimsoll/formats/measure_unit.h"
#include "plimsoll/model/series.h"

namespace plimsoll::formats {

// `http_req_duration` is load.latency, `http_req_failed` load.errors, `checks` load.checks, `http_reqs`
// load.requests; any other load.metric. The name itself is the label `metric`. A part of a metric,
// `http_req_duration{status:200}`, is load.metric too, so that nothing counts twice.
model::Series k6_series(const std::string& metric, const MeasureUnit& unit);

// The unit of a metric of k6's own, which its old summary and its CSV do not say; a count where the name is a
// user's.
MeasureUnit k6_unit(std::string_view metric);

// As its `contains` says: time is milliseconds, data bytes.
MeasureUnit k6_unit_of_contents(std::string_view contains);

// Metrics that are sent once with every request.
bool is_per_request(std::string_view metric);

// `http_req_duration` of `http_req_duration{status:200}`; then `{status:200}`.
std::string_view k6_base_name(std::string_view metric);
std::string_view k6_tags(std::string_view metric);

}  // namespace plimsoll::formats
