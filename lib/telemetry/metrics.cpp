#include "telemetry/metrics.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace telemetry {
namespace {

std::size_t shard_of_this_thread() {
  static std::atomic<std::size_t> next = 0;
  thread_local const std::size_t shard = next++ % metric_shards;
  return shard;
}

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name(std::string_view name) {
  return !name.empty() && is_name_start(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
    return is_name_start(c) || (c >= '0' && c <= '9');
  });
}

void append_label_value(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n')
      text += "\\n";
    else
      text += c;
  }
}

// `a="x",b="y"`, without braces, ordered by key: also the identity of a metric within its family.
std::string label_text(Labels labels) {
  std::sort(labels.begin(), labels.end());
  std::string text;
  for (const auto& [key, value] : labels) {
    if (!is_name(key)) throw std::invalid_argument("no label name: " + key);
    if (!text.empty()) text += ',';
    text += key + "=\"";
    append_label_value(text, value);
    text += '"';
  }
  return text;
}

}  // namespace

void Counter::add(std::uint64_t amount) {
  shards_[shard_of_this_thread()].value.fetch_add(amount, std::memory_order_relaxed);
}

std::uint64_t Counter::value() const {
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.value.load(std::memory_order_relaxed);
  return sum;
}

void Gauge::add(double amount) {
  value_.fetch_add(amount, std::memory_order_relaxed);
}

BucketHistogram::BucketHistogram(std::vector<double> bounds) : bounds_(std::move(bounds)) {
  for (Shard& shard : shards_) {
    shard.counts = std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1);
  }
}

void BucketHistogram::observe(double value) {
  if (std::isnan(value)) return;
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  Shard& shard = shards_[shard_of_this_thread()];
  shard.counts[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  shard.sum.fetch_add(value, std::memory_order_relaxed);
}

BucketHistogram::Snapshot BucketHistogram::snapshot() const {
  Snapshot result;
  result.cumulative.resize(bounds_.size() + 1);
  for (const Shard& shard : shards_) {
    for (std::size_t i = 0; i < result.cumulative.size(); ++i) {
      result.cumulative[i] += shard.counts[i].load(std::memory_order_relaxed);
    }
    result.sum += shard.sum.load(std::memory_order_relaxed);
  }
  for (std::size_t i = 1; i < result.cumulative.size(); ++i) result.cumulative[i] += result.cumulative[i - 1];
  return result;
}

std::vector<double> latency_bounds() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2.5, 5, 10};
}

Counter& Registry::counter(std::string_view name, std::string_view help, const Labels& labels) {
  if (!name.ends_with("_total"))
    throw std::invalid_argument("a counter's name ends in _total: " + std::string(name));
  const std::lock_guard lock(mutex_);
  Metric& metric = find_or_add(Kind::counter, name, help, labels);
  if (!metric.counter) metric.counter = std::make_unique<Counter>();
  return *metric.counter;
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  Metric& metric = find_or_add(Kind::gauge, name, help, labels);
  if (!metric.gauge) metric.gauge = std::make_unique<Gauge>();
  return *metric.gauge;
}

BucketHistogram& Registry::histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                                     const Labels& labels) {
  const std::lock_guard lock(mutex_);
  Metric& metric = find_or_add(Kind::histogram, name, help, labels);
  if (!metric.histogram) metric.histogram = std::make_unique<BucketHistogram>(std::move(bounds));
  return *metric.histogram;
}

Registry::Metric& Registry::find_or_add(Kind kind, std::string_view name, std::string_view help,
                                        const Labels& labels) {
  if (!is_name(name)) throw std::invalid_argument("no metric name: " + std::string(name));
  const std::string key = label_text(labels);
  auto found = families_.find(name);
  if (found == families_.end()) {
    found = families_.emplace(std::string(name), Family{kind, std::string(help), {}}).first;
  }
  if (found->second.kind != kind)
    throw std::invalid_argument("two kinds of metric named " + std::string(name));
  return found->second.metrics[key];
}

void Registry::on_collect(std::function<void()> refresh) {
  const std::lock_guard lock(mutex_);
  refreshers_.push_back(std::move(refresh));
}

}  // namespace telemetry
