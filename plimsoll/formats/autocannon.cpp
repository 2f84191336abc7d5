// autocannon's JSON (--json), as its lib/run.js and lib/aggregateResult.js write it. Milliseconds; figures
// from a histogram that has no 95th percentile.
#include "base/json.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/load_results.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::Json;

constexpr double milliseconds = 1e-3;

double number_or_0(const Json& object, const char* key) {
  return number(object, key).value_or(0);
}

base::Result<const Json*> expect_histogram(const Content& content, const char* key) {
  const Json* histogram = base::find(*content.json(), key);
  if (histogram != nullptr && histogram->is_object()) return histogram;
  return std::unexpected(content.wrong(std::string("/") + key + ": expected autocannon's figures"));
}

Figures figures_in(const Json& histogram, double scale) {
  return {.count = {},
          .min = scaled(number(histogram, "min"), scale),
          .median = scaled(number(histogram, "p50"), scale),
          .mean = scaled(number(histogram, "average"), scale),
          .p95 = scaled(number(histogram, "p95"), scale),
          .max = scaled(number(histogram, "max"), scale)};
}

base::Result<ImportedFile> read(const Content& content) {
  if (content.json() == nullptr) return std::unexpected(content.json_error());
  const Json& json = *content.json();
  BASE_ASSIGN(const Json* latency, expect_histogram(content, "latency"));
  BASE_ASSIGN(const Json* requests, expect_histogram(content, "requests"));
  model::Labels labels;
  if (const std::string url = text_or(json, "url", ""); !url.empty()) labels["url"] = label_value(url);
  if (const std::string title = text_or(json, "title", ""); !title.empty())
    labels["title"] = label_value(title);

  Collector collector;
  const auto answered = number(*requests, "total");
  if (answered && *answered > 0) {
    Figures figures = figures_in(*latency, milliseconds);
    figures.count = count_of(number(*latency, "totalCount") ? number(*latency, "totalCount") : answered);
    collector.figures(latency_series(labels)) = figures;
  }
  const double lost = number_or_0(json, "errors");  // time-outs among them
  add_errors(collector, labels, lost + number_or_0(json, "non2xx"), answered.value_or(0) + lost);
  Figures rate = figures_in(*requests, 1);  // of each second
  rate.count = count_of(number(json, "samples"));
  collector.figures(rate_series(labels)) = rate;
  return collector.take();
}

bool recognises(const Content& content) {
  if (!content.looks_like_json() || content.json() == nullptr) return false;
  const Json* latency = base::find(*content.json(), "latency");
  return latency != nullptr && base::find(*latency, "p97_5") != nullptr;
}

}  // namespace

Format autocannon() {
  return {"autocannon", "autocannon --json", recognises, read};
}

}  // namespace plimsoll::formats
