// Counters, gauges and histograms with labels, and their exposition as Prometheus text 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0
// (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md).
//
// Recording takes no lock: a relaxed atomic in a shard of the calling thread's. Look a metric up once and
// keep the reference; it lives as long as its registry.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telemetry {

using Labels = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t metric_shards = 8;

// Only grows. Thread-safe.
class Counter {
 public:
  void add(std::uint64_t amount = 1);
  std::uint64_t value() const;

 private:
  struct alignas(64) Shard {
    std::atomic<std::uint64_t> value = 0;
  };
  std::array<Shard, metric_shards> shards_;
};

// A value that goes up and down. Thread-safe.
class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double amount);
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

// Counts observations at or below fixed bounds. A reader may see an observation's bucket before its sum.
// Thread-safe.
class BucketHistogram {
 public:
  explicit BucketHistogram(std::vector<double> bounds);  // ascending, finite
  void observe(double value);                            // NaN is ignored

  struct Snapshot {
    std::vector<std::uint64_t> cumulative;  // one a bound, then that of +Inf, which is the count
    double sum = 0;
  };
  Snapshot snapshot() const;
  std::span<const double> bounds() const { return bounds_; }

 private:
  struct alignas(64) Shard {
    std::unique_ptr<std::atomic<std::uint64_t>[]> counts;
    std::atomic<double> sum = 0;
  };
  std::vector<double> bounds_;
  std::array<Shard, metric_shards> shards_;
};

// 1 ms … 10 s in steps of about 1, 2.5, 5: latencies of a service.
std::vector<double> latency_bounds();

// A set of families. Names and help texts are the program's own: a name that is no metric name, or that
// returns with another kind, throws std::invalid_argument. Counters are named with "_total" at their end.
// Thread-safe.
class Registry {
 public:
  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  BucketHistogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                             const Labels& labels = {});

  // Called before each exposition, one at a time, to set gauges and counters that are read elsewhere.
  void on_collect(std::function<void()> refresh);

  std::string prometheus_text() const;
  std::string open_metrics_text() const;

 private:
  enum class Kind { counter, gauge, histogram };
  struct Metric {
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<BucketHistogram> histogram;
  };
  struct Family {
    Kind kind = Kind::counter;
    std::string help;
    std::map<std::string, Metric> metrics;  // by their labels as they are written
  };

  Metric& find_or_add(Kind kind, std::string_view name, std::string_view help, const Labels& labels);
  std::string expose(bool open_metrics) const;
  static void append_family(std::string& text, const std::string& name, const Family& family,
                            bool open_metrics);

  mutable std::mutex refresh_mutex_;  // taken before mutex_
  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
  std::vector<std::function<void()>> refreshers_;
};

inline constexpr std::string_view prometheus_content_type = "text/plain; version=0.0.4; charset=utf-8";
inline constexpr std::string_view open_metrics_content_type =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

// True where an Accept header asks for OpenMetrics before plain text.
bool wants_open_metrics(std::string_view accept);

}  // namespace telemetry
