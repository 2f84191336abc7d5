#include "plimsoll/formats/k6_metrics.h"

#include <algorithm>
#include <array>

#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/load_results.h"

namespace plimsoll::formats {
namespace {

using model::Better;

const MeasureUnit milliseconds{"seconds", 1e-3, Better::lower};
const MeasureUnit bytes{"bytes", 1, Better::neither};
const MeasureUnit count{"count", 1, Better::neither};
const MeasureUnit ratio{"ratio", 1, Better::neither};

constexpr std::array request_times = {"http_req_duration",       "http_req_blocked", "http_req_connecting",
                                      "http_req_waiting",        "http_req_sending", "http_req_receiving",
                                      "http_req_tls_handshaking"};
constexpr std::array other_times = {"iteration_duration",
                                    "group_duration",
                                    "ws_connecting",
                                    "ws_session_duration",
                                    "ws_ping",
                                    "grpc_req_duration",
                                    "browser_http_req_duration",
                                    "browser_web_vital_fcp",
                                    "browser_web_vital_fid",
                                    "browser_web_vital_inp",
                                    "browser_web_vital_lcp",
                                    "browser_web_vital_ttfb"};

bool contains(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string_view k6_base_name(std::string_view metric) {
  return metric.substr(0, metric.find('{'));
}

std::string_view k6_tags(std::string_view metric) {
  return metric.substr(k6_base_name(metric).size());
}

bool is_per_request(std::string_view metric) {
  return contains(request_times, metric);
}

MeasureUnit k6_unit(std::string_view metric) {
  const std::string_view name = k6_base_name(metric);
  if (contains(request_times, name) || contains(other_times, name)) return milliseconds;
  if (name.starts_with("data_") || name.starts_with("browser_data_")) return bytes;
  if (name == "http_req_failed" || name == "checks" || name == "browser_http_req_failed") return ratio;
  return count;
}

MeasureUnit k6_unit_of_contents(std::string_view contains) {
  if (contains == "time") return milliseconds;
  return contains == "data" ? bytes : count;
}

model::Series k6_series(const std::string& metric, const MeasureUnit& unit) {
  const model::Labels labels = {{"metric", label_value(metric)}};
  if (metric == "http_req_duration") return latency_series(labels);
  if (metric == "http_req_failed") return errors_series(labels);
  if (metric == "checks") return {{"load.checks", labels}, "ratio", Better::higher};
  if (metric == "http_reqs") return {{"load.requests", labels}, "count", Better::neither};
  return {{"load.metric", labels}, unit.name, unit.better};
}

}  // namespace plimsoll::formats
