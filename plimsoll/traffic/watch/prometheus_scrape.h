// A server's own metrics, asked for while load is on it: gauges as they are, counters as rates.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/http_client.h"
#include "telemetry/prometheus_text.h"

namespace plimsoll::traffic {

struct ScrapeOptions {
  net::Url url;
  net::Headers headers;            // Authorization and the like
  std::vector<std::string> names;  // which; "*" stands for any text; empty: every gauge and counter
  std::size_t most = 32;           // further ones are counted, not kept
  base::Nanoseconds timeout = std::chrono::seconds(2);
};

// One metric that is kept: its name, its labels as one text, and the unit of what is read.
struct ScrapedMetric {
  std::string name, labels;
  std::string unit;  // after its name's ending: bytes, seconds, ratio, else count; of a counter per second
  bool operator==(const ScrapedMetric&) const = default;
};

struct ScrapedValue {
  std::size_t metric = 0;  // index into metrics()
  double value = 0;
};

// Not thread-safe. Histograms, summaries and values that are not finite are left out.
class PrometheusScrape {
 public:
  explicit PrometheusScrape(ScrapeOptions options);

  // What the server says now; `at` in seconds on any clock that does not go back. A counter has a value from
  // its second reading on, and none where it was reset in between. Errors as of HttpClient::get; unavailable
  // for a status other than 200; corrupt for what is no exposition.
  base::Result<std::vector<ScrapedValue>> read(double at);

  // The same from a text that was fetched already.
  base::Result<std::vector<ScrapedValue>> read_text(std::string_view text, double at);

  const std::vector<ScrapedMetric>& metrics() const { return metrics_; }
  std::size_t left_out() const { return left_out_.size(); }  // metrics beyond `most`

 private:
  struct Known {
    std::size_t metric = 0;
    std::optional<std::pair<double, double>> last;  // of a counter: when, value
  };

  std::optional<ScrapedValue> take(const telemetry::ExposedSample& sample, double at);
  Known* find_or_add(const telemetry::ExposedSample& sample, bool counter);
  bool wanted(const std::string& name) const;

  ScrapeOptions options_;
  net::HttpClient client_;
  std::map<std::string, Known> known_;
  std::vector<ScrapedMetric> metrics_;
  std::set<std::string> left_out_;
};

}  // namespace plimsoll::traffic
