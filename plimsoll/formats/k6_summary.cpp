// k6's summaries at the end of a test: --summary-export FILE (metrics by name, figures beside each other),
// the data of handleSummary (figures under `values`), and the machine-readable summary of k6 1.5 and later (a
// list of metrics under `results`, of the schema's version 1). Figures, no samples: a trend's count is that
// of http_reqs.
#include <map>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/k6_metrics.h"
#include "plimsoll/formats/load_results.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::Json;

struct Metric {
  std::string name, type;
  MeasureUnit unit;
  const Json* values = nullptr;
  std::string where;
};

// The old export does not say what a metric is; its figures do.
std::string type_by_figures(const Json& values) {
  if (values.contains("passes") || values.contains("matches")) return "rate";
  if (values.contains("avg") || values.contains("med")) return "trend";
  if (values.contains("count")) return "counter";
  if (values.contains("value")) return "gauge";
  return "trend";  // with figures of one's own choice
}

class SummaryReader {
 public:
  explicit SummaryReader(const Content& content) : content_(content) {}

  base::Result<ImportedFile> read() {
    if (content_.json() == nullptr) return std::unexpected(content_.json_error());
    const Json* results = base::find(*content_.json(), "results");
    if (results != nullptr && results->is_object()) {
      BASE_TRY(check_version());
      BASE_TRY(gather_listed(base::find(*results, "metrics"), "/results/metrics"));
      if (const Json* checks = base::find(*results, "checks");
          checks != nullptr && checks->contains("metrics"))
        BASE_TRY(gather_listed(base::find(*checks, "metrics"), "/results/checks/metrics"));
    } else {
      BASE_TRY(gather_named());
    }
    for (const Metric& metric : metrics_) read_metric(metric);
    return collector_.take();
  }

 private:
  base::Status check_version() const {
    const std::string version = text_or(*content_.json(), "version", "");
    if (version.starts_with("1.")) return {};
    base::Error error = content_.wrong("/version: expected 1.x of k6's machine-readable summary, found \"" +
                                       base::printable(base::truncate_utf8(version, 40)) + "\"");
    error.code = base::ErrorCode::unsupported;
    return std::unexpected(std::move(error));
  }

  base::Status gather_listed(const Json* list, const std::string& at) {
    if (list == nullptr || !list->is_array())
      return std::unexpected(content_.wrong(at + ": expected a list of metrics"));
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Json& metric = (*list)[i];
      const Json* values = base::find(metric, "values");
      const std::string where = fmt::format("{}/{}", at, i);
      if (values == nullptr || !values->is_object() || text_or(metric, "name", "").empty())
        return std::unexpected(content_.wrong(where + ": expected a metric with a name and values"));
      add(text_or(metric, "name", ""), metric, *values, where);
    }
    return {};
  }

  base::Status gather_named() {
    const Json* named = base::find(*content_.json(), "metrics");
    if (named == nullptr || !named->is_object())
      return std::unexpected(content_.wrong("/metrics: expected k6's metrics"));
    for (const auto& [name, metric] : named->items()) {
      if (!metric.is_object())
        return std::unexpected(content_.wrong("/metrics/" + name + ": expected figures"));
      const Json* values = base::find(metric, "values");
      add(name, metric, values != nullptr && values->is_object() ? *values : metric, "/metrics/" + name);
    }
    return {};
  }

  void add(const std::string& name, const Json& metric, const Json& values, const std::string& where) {
    const std::string contains = text_or(metric, "contains", "");
    MeasureUnit unit =
        contains.empty() || contains == "default" ? k6_unit(name) : k6_unit_of_contents(contains);
    std::string type = text_or(metric, "type", "");
    if (type.empty()) type = type_by_figures(values);
    if (type == "counter") {
      if (const auto total = number(values, "count")) totals_[name] = *total;
    }
    metrics_.push_back({name, type, unit, &values, where});
  }

  void read_metric(const Metric& metric) {
    if (metric.type == "trend") return read_trend(metric);
    if (metric.type == "rate") return read_rate(metric);
    const auto value = number(*metric.values, metric.type == "counter" ? "count" : "value");
    if (value) collector_.add_sample(k6_series(metric.name, metric.unit), *value * metric.unit.scale);
    if (metric.name != "http_reqs") return;
    const auto rate = number(*metric.values, "rate");
    if (rate) collector_.figures(rate_series({{"metric", metric.name}})).mean = rate;
  }

  void read_trend(const Metric& metric) {
    const double scale = metric.unit.scale;
    const auto figure = [&](const char* key) { return scaled(number(*metric.values, key), scale); };
    Figures figures{.count = count_of(metric),
                    .min = figure("min"),
                    .median = figure("med"),
                    .mean = figure("avg"),
                    .p95 = figure("p(95)"),
                    .max = figure("max")};
    if (!figures.median) figures.median = figure("p(50)");
    if (!figures.p95) figures.p95 = figure("p95");  // as the machine-readable summary calls it
    if (figures.count == 0U) return collector_.skip(metric.name, "has no values");
    collector_.figures(k6_series(metric.name, metric.unit)) = figures;
  }

  std::optional<std::uint64_t> count_of(const Metric& metric) const {
    if (const auto own = number(*metric.values, "count")) return formats::count_of(own);
    if (!is_per_request(k6_base_name(metric.name))) return std::nullopt;
    const auto total = totals_.find("http_reqs" + std::string(k6_tags(metric.name)));
    return total == totals_.end() ? std::nullopt : formats::count_of(total->second);
  }

  void read_rate(const Metric& metric) {
    const Json& values = *metric.values;
    Figures figures;
    for (const char* key : {"rate", "value"}) {
      if (!figures.mean) figures.mean = number(values, key);
    }
    if (const auto matches = number(values, "matches")) {
      figures.count = formats::count_of(number(values, "total"));
    } else if (const auto passes = number(values, "passes")) {
      figures.count = formats::count_of(*passes + number(values, "fails").value_or(0));
    }
    if (figures.count == 0U) return collector_.skip(metric.name, "has no values");
    MeasureUnit unit = metric.unit;
    unit.name = "ratio";
    collector_.figures(k6_series(metric.name, unit)) = figures;
  }

  const Content& content_;
  Collector collector_;
  std::vector<Metric> metrics_;
  std::map<std::string, double> totals_;  // of counters
};

// k6 knows these metrics in every test.
bool has_metric_of_k6(const Json& metrics) {
  for (const char* name : {"iterations", "iteration_duration", "vus", "http_reqs", "data_sent"}) {
    if (metrics.is_object() && metrics.contains(name)) return true;
  }
  return false;
}

bool recognises(const Content& content) {
  if (!content.looks_like_json() || content.json() == nullptr) return false;
  const Json& json = *content.json();
  if (const Json* metrics = base::find(json, "metrics")) return has_metric_of_k6(*metrics);
  const Json* metadata = base::find(json, "metadata");
  return metadata != nullptr &&
         (base::find(*metadata, "k6_version") != nullptr || base::find(*metadata, "k6Version") != nullptr);
}

}  // namespace

Format k6_summary() {
  return {"k6-summary", "k6 run --summary-export FILE, handleSummary, --new-machine-readable-summary",
          recognises, [](const Content& content) { return SummaryReader(content).read(); }};
}

}  // namespace plimsoll::formats
