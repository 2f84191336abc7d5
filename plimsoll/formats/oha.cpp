// oha's JSON (--output-format json, before 1.9 -j), as its src/printer.rs writes it. Seconds; figures, no
// samples. Its latencies are those of the requests that were answered. What was under way when its time was
// over it breaks off and calls an error; the service has not failed there, so those requests are left out.
#include <fmt/format.h>

#include "base/json.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/load_results.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::Json;

constexpr const char* broken_off = "aborted due to deadline";

double sum_of(const Json* counts) {
  double sum = 0;
  if (counts == nullptr || !counts->is_object()) return sum;
  for (const auto& [name, count] : counts->items()) {
    if (count.is_number()) sum += count.get<double>();
  }
  return sum;
}

// Those with a status of 400 or more.
double refused(const Json* counts) {
  double sum = 0;
  if (counts == nullptr || !counts->is_object()) return sum;
  for (const auto& [status, count] : counts->items()) {
    if (!status.empty() && status[0] >= '4' && count.is_number()) sum += count.get<double>();
  }
  return sum;
}

base::Result<ImportedFile> read(const Content& content) {
  if (content.json() == nullptr) return std::unexpected(content.json_error());
  const Json* summary = base::find(*content.json(), "summary");
  const Json* percentiles = base::find(*content.json(), "latencyPercentiles");
  if (summary == nullptr || !summary->is_object())
    return std::unexpected(content.wrong("/summary: expected oha's summary"));
  if (percentiles == nullptr || !percentiles->is_object())
    return std::unexpected(content.wrong("/latencyPercentiles: expected oha's percentiles"));
  const Json* statuses = base::find(*content.json(), "statusCodeDistribution");
  if (statuses == nullptr || !statuses->is_object())
    return std::unexpected(content.wrong("/statusCodeDistribution: expected counts by status"));
  const double answered = sum_of(statuses);
  const Json* errors = base::find(*content.json(), "errorDistribution");
  const Json* unfinished = errors == nullptr ? nullptr : base::find(*errors, broken_off);
  const double open = unfinished != nullptr && unfinished->is_number() ? unfinished->get<double>() : 0;
  const double lost = sum_of(errors) - open;
  Collector collector;
  if (open > 0) collector.skip("requests", fmt::format("{:.0f} were under way when its time was over", open));
  if (answered > 0) {
    collector.figures(latency_series({})) = {.count = count_of(answered),
                                             .min = number(*summary, "fastest"),
                                             .median = number(*percentiles, "p50"),
                                             .mean = number(*summary, "average"),
                                             .p95 = number(*percentiles, "p95"),
                                             .max = number(*summary, "slowest")};
  }
  add_errors(collector, {}, lost + refused(statuses), answered + lost);
  collector.figures(rate_series({})).mean = number(*summary, "requestsPerSec");
  return collector.take();
}

bool recognises(const Content& content) {
  if (!content.looks_like_json() || content.json() == nullptr) return false;
  return base::find(*content.json(), "latencyPercentiles") != nullptr &&
         base::find(*content.json(), "statusCodeDistribution") != nullptr;
}

}  // namespace

Format oha() {
  return {"oha", "oha --output-format json", recognises, read};
}

}  // namespace plimsoll::formats
