#include "plimsoll/traffic/watch/prometheus_scrape.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace plimsoll::traffic {
namespace {

constexpr std::size_t most_left_out = 10'000;  // counted so far
constexpr std::size_t longest_label = 200;     // of a series' label (EVIDENCE.md)

// "*" stands for any text, the rest for itself.
bool matches(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t skip = star; skip <= text.size(); ++skip) {
    if (matches(rest, text.substr(skip))) return true;
  }
  return false;
}

std::string labels_text(const telemetry::Labels& labels) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : labels) parts.push_back(name + "=" + value);
  return base::join(parts, ",");
}

// The units that Prometheus' naming asks for: https://prometheus.io/docs/practices/naming/
std::string unit_of(std::string_view name, bool counter) {
  if (counter && name.ends_with("_total")) name.remove_suffix(6);
  std::string unit = "count";
  for (const std::string_view known : {"bytes", "seconds", "ratio"}) {
    if (name.ends_with(fmt::format("_{}", known))) unit = known;
  }
  if (!counter) return unit;
  return unit == "count" ? "per_second" : unit + "_per_second";
}

bool is_counter(const telemetry::ExposedSample& sample) {
  return sample.kind == telemetry::MetricKind::counter ||
         (sample.kind == telemetry::MetricKind::untyped && sample.name.ends_with("_total"));
}

bool is_plain(const telemetry::ExposedSample& sample) {
  const bool part = sample.kind == telemetry::MetricKind::histogram ||
                    sample.kind == telemetry::MetricKind::summary || sample.name.ends_with("_created");
  return !part && std::isfinite(sample.value);
}

}  // namespace

PrometheusScrape::PrometheusScrape(ScrapeOptions options)
    : options_(std::move(options)),
      client_(options_.url, {.timeout = options_.timeout, .max_body_bytes = 16u << 20}) {}

base::Result<std::vector<ScrapedValue>> PrometheusScrape::read(double at) {
  net::Headers headers = options_.headers;
  net::set_header(headers, "Accept", std::string(telemetry::prometheus_content_type));
  BASE_ASSIGN(const net::ClientResponse response,
              client_.send({.target = options_.url.target(), .headers = headers}));
  if (response.status != 200) {
    return base::fail(base::ErrorCode::unavailable,
                      fmt::format("{} answers {}", net::to_string(options_.url), response.status));
  }
  return read_text(response.body, at);
}

base::Result<std::vector<ScrapedValue>> PrometheusScrape::read_text(std::string_view text, double at) {
  BASE_ASSIGN(const auto samples, telemetry::parse_exposition(text));
  std::vector<ScrapedValue> values;
  for (const telemetry::ExposedSample& sample : samples) {
    if (!is_plain(sample) || !wanted(sample.name)) continue;
    if (const auto value = take(sample, at)) values.push_back(*value);
  }
  return values;
}

std::optional<ScrapedValue> PrometheusScrape::take(const telemetry::ExposedSample& sample, double at) {
  const bool counter = is_counter(sample);
  Known* known = find_or_add(sample, counter);
  if (known == nullptr) return std::nullopt;
  if (!counter) return ScrapedValue{known->metric, sample.value};
  const auto last = std::exchange(known->last, std::pair(at, sample.value));
  if (!last || at <= last->first || sample.value < last->second) return std::nullopt;
  return ScrapedValue{known->metric, (sample.value - last->second) / (at - last->first)};
}

PrometheusScrape::Known* PrometheusScrape::find_or_add(const telemetry::ExposedSample& sample, bool counter) {
  const std::string id = telemetry::identity(sample);
  if (const auto found = known_.find(id); found != known_.end()) return &found->second;
  const std::string labels = labels_text(sample.labels);
  const bool fits = sample.name.size() <= longest_label && labels.size() <= longest_label &&
                    base::is_valid_utf8(labels) && metrics_.size() < options_.most;
  if (!fits) {
    if (left_out_.size() < most_left_out) left_out_.insert(id);
    return nullptr;
  }
  metrics_.push_back({sample.name, labels, unit_of(sample.name, counter)});
  return &(known_[id] = {metrics_.size() - 1, std::nullopt});
}

bool PrometheusScrape::wanted(const std::string& name) const {
  return options_.names.empty() || std::ranges::any_of(options_.names, [&](const std::string& pattern) {
           return matches(pattern, name);
         });
}

}  // namespace plimsoll::traffic
