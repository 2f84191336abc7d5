#include "plimsoll/traffic/live/live_metrics.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "plimsoll/traffic/slice_keeper.h"

namespace plimsoll::traffic {
namespace {

using telemetry::PointKind;

constexpr double told_every = 1;  // second

std::int64_t milliseconds(double unix_seconds) {
  return std::llround(unix_seconds * 1e3);
}

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && (text[0] < '0' || text[0] > '9') && std::ranges::all_of(text, fits);
}

}  // namespace

base::Status check_names(const LiveNames& names) {
  const auto wrong = [](std::string_view what, const std::string& name, const char* hint) {
    return base::fail(
        base::ErrorCode::invalid_argument,
        fmt::format("the {} \"{}\" of live metrics cannot be used", what, base::printable(name)), hint);
  };
  if (!is_name(names.prefix)) return wrong("prefix", names.prefix, "letters, digits and underscores");
  std::set<std::string> taken = {"scenario", "name", "error", "__name__"};
  for (const auto& [name, value] : names.labels) {
    if (!is_name(name)) return wrong("label", name, "letters, digits and underscores");
    if (!taken.insert(name).second) return wrong("label", name, "it is there already: take another name");
  }
  return {};
}

LiveMetrics::LiveMetrics(const LoadPlan& plan, const std::string& scenario, LiveNames names, double started)
    : names_(std::move(names)),
      started_milliseconds_(milliseconds(started)),
      last_milliseconds_(started_milliseconds_) {
  for (const Route& route : plan.routes) {
    const std::string& owner = route.scenario.empty() ? scenario : route.scenario;
    RouteMetrics& metrics = routes_.emplace_back();
    metrics.labels = {{"name", std::string(route.label())}, {"scenario", owner}};
  }
  const double begin = std::chrono::duration<double>(plan.shape.warmup).count();
  for (const LoadPart& part : plan.parts) {
    const base::Nanoseconds before = part.start + part.plan->shape.warmup;
    shapes_.push_back(
        {part.scenario, part.plan->shape, std::chrono::duration<double>(before).count() - begin});
  }
  if (plan.parts.empty()) shapes_.push_back({scenario, plan.shape, 0});
}

telemetry::MetricBatch LiveMetrics::beginning() const {
  telemetry::MetricBatch batch{started_milliseconds_, started_milliseconds_, {}};
  for (const RouteMetrics& route : routes_) {
    telemetry::Labels labels = route.labels;
    labels.insert(labels.end(), names_.labels.begin(), names_.labels.end());
    batch.points.push_back({names_.prefix + "_http_reqs", std::move(labels), PointKind::counter, "1", 0});
  }
  return batch;
}

void LiveMetrics::take(const ServerSample& sample) {
  server_ = sample;
}

std::optional<telemetry::MetricBatch> LiveMetrics::take(const LoadSlice& slice, double now) {
  for (std::size_t i = 0; i < routes_.size() && i < slice.routes.size(); ++i) {
    RouteMetrics& route = routes_[i];
    const RouteSlice& fresh = slice.routes[i];
    route.requests += fresh.requests;
    for (std::size_t kind = 0; kind < error_kinds; ++kind) route.errors[kind] += fresh.errors[kind];
    route.durations.merge(latency_at_age(fresh));
    merge_into(route.recent, fresh);
  }
  told_until_ = std::min(told_until_, slice.start_seconds);  // a load that is run once more begins again
  seen_until_ = slice.start_seconds + slice.seconds;
  offered_ = slice.offered;
  if (seen_until_ - told_until_ < told_every * (1 - 1e-9)) return std::nullopt;
  return batch(now);
}

std::vector<telemetry::MetricBatch> LiveMetrics::end(double now) {
  std::vector<telemetry::MetricBatch> batches;
  if (seen_until_ > told_until_) batches.push_back(batch(now));
  telemetry::MetricBatch last{std::max(milliseconds(now), last_milliseconds_ + 1), started_milliseconds_, {}};
  for (const auto& [id, point] : known_) {
    telemetry::MetricPoint& ended = last.points.emplace_back(point);
    ended.ends = true;
  }
  batches.push_back(std::move(last));
  return batches;
}

// Times of one series grow, whatever the system's clock does.
telemetry::MetricBatch LiveMetrics::batch(double now) {
  last_milliseconds_ = std::max(milliseconds(now), last_milliseconds_ + 1);
  for (RouteMetrics& route : routes_) tell_route(route);
  for (const PartShape& part : shapes_) tell_shape(part);
  if (server_) tell_server(*server_);
  server_.reset();
  told_until_ = seen_until_;
  return {last_milliseconds_, started_milliseconds_, std::exchange(points_, {})};
}

void LiveMetrics::tell_route(RouteMetrics& route) {
  tell("http_reqs", route.labels, PointKind::counter, "1", static_cast<double>(route.requests));
  for (std::size_t kind = 0; kind < error_kinds; ++kind) {
    if (route.errors[kind] == 0) continue;
    telemetry::Labels labels = route.labels;
    labels.emplace_back("error", to_string(static_cast<ErrorKind>(kind)));
    tell("http_req_errors", std::move(labels), PointKind::counter, "1",
         static_cast<double>(route.errors[kind]));
  }
  if (const auto requests = static_cast<double>(route.recent.requests); requests > 0) {
    const auto failed = static_cast<double>(total(route.recent.errors));
    tell("http_req_failed_rate", route.labels, PointKind::gauge, "1", failed / requests);
  }
  tell_times("http_req_duration", route.labels, route.durations);
  tell_times("http_req_service_time", route.labels, finite_part(route.recent.service_time));
  tell_times("http_req_waiting", route.labels, finite_part(route.recent.first_byte));
  tell_times("http_req_first_event", route.labels, finite_part(route.recent.first_event));
  tell_times("http_req_event_gap", route.labels, finite_part(route.recent.event_gap));
  route.recent = {};
  route.durations = {};
}

void LiveMetrics::tell_times(const char* name, const telemetry::Labels& labels,
                             const base::Histogram& times) {
  if (times.count() == 0) return;
  const std::pair<const char*, double> figures[] = {
      {"min", times.min()},          {"avg", times.mean()},         {"med", times.percentile(50)},
      {"p90", times.percentile(90)}, {"p95", times.percentile(95)}, {"p99", times.percentile(99)},
      {"max", times.max()}};
  for (const auto& [statistic, value] : figures)
    tell(fmt::format("{}_{}", name, statistic), labels, PointKind::gauge, "s", value);
}

void LiveMetrics::tell_shape(const PartShape& part) {
  const double second = seen_until_ - part.begins;
  const double length =
      std::chrono::duration<double>(expected_length(part.shape) - part.shape.warmup).count();
  if (second < 0 || !offered_ || (length > 0 && second > length * (1 + 1e-9))) return;
  const telemetry::Labels labels = {{"scenario", part.scenario}};
  if (const auto users = users_at(part.shape, second)) tell("vus", labels, PointKind::gauge, "1", *users);
  if (const auto rate = rate_at(part.shape, second))
    tell("target_rate", labels, PointKind::gauge, "1/s", *rate);
}

void LiveMetrics::tell_server(const ServerSample& sample) {
  const auto tell_gauge = [this](const char* name, const char* unit, double value) {
    tell(name, {}, PointKind::gauge, unit, value);
  };
  if (sample.cpu_cores) tell_gauge("server_cpu_cores", "1", *sample.cpu_cores);
  if (!sample.usage) return;
  tell_gauge("server_memory_bytes", "By", static_cast<double>(sample.usage->rss_bytes));
  if (sample.usage->descriptors > 0)
    tell_gauge("server_open_descriptors", "1", static_cast<double>(sample.usage->descriptors));
  tell_gauge("server_threads", "1", static_cast<double>(sample.usage->threads));
}

void LiveMetrics::tell(const std::string& name, telemetry::Labels labels, PointKind kind, const char* unit,
                       double value) {
  labels.insert(labels.end(), names_.labels.begin(), names_.labels.end());
  telemetry::MetricPoint point{names_.prefix + "_" + name, std::move(labels), kind, unit, value};
  std::string id = point.name;
  for (const auto& [key, text] : point.labels) id.append(1, '\0').append(key).append(1, '\0').append(text);
  known_.try_emplace(std::move(id), point);
  points_.push_back(std::move(point));
}

}  // namespace plimsoll::traffic
