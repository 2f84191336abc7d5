#include "plimsoll/traffic/engine/engine.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>
#include <thread>

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>

#include "base/units.h"
#include "plimsoll/traffic/engine/resolve.h"
#include "plimsoll/traffic/engine/worker.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

constexpr rlim_t descriptors_for_others = 64;  // files, stores, libraries
constexpr rlim_t most_connections = 16'384;
constexpr double one_thread_is_enough = 20'000;  // requests per second
constexpr int most_threads = 2;
constexpr base::Nanoseconds stop_is_asked_every = 50ms;

double seconds(base::Nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

std::uint64_t max_rss_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

// The load leaves a core to the server where there is one.
int choose_threads(const LoadPlan& plan) {
  if (plan.threads > 0) return plan.threads;
  const LoadShape& shape = plan.shape;
  double rate = one_thread_is_enough * 2;
  if (shape.is_open()) {
    rate = shape.rate.value_or(0);
    for (const Stage& stage : shape.rate_stages) rate = std::max(rate, stage.target);
  } else if (shape.think_time.mean > 0ns) {
    double users = shape.users.value_or(default_users);
    for (const Stage& stage : shape.user_stages) users = std::max(users, stage.target);
    rate = users / seconds(shape.think_time.mean);
  }
  return rate <= one_thread_is_enough ? 1 : std::clamp(usable_cores() - 1, 1, most_threads);
}

base::Status check_plan(const LoadPlan& plan) {
  if (plan.routes.empty()) return base::fail(ErrorCode::invalid_argument, "a load plan needs a request");
  const std::size_t most_edges =
      std::max({plan.latency_edges.size() + plan.first_byte_edges.size(), plan.service_edges.size(),
                plan.first_event_edges.size(), plan.gap_edges.size()});
  if (most_edges > 32) {
    return base::fail(ErrorCode::invalid_argument, "more than 32 different bounds on one series");
  }
  BASE_TRY(check_target(plan));
  return check_shape(plan.shape);
}

LoadResult unreachable_result(const LoadPlan& plan, ErrorKind kind, std::string because) {
  LoadResult result;
  result.open = plan.shape.is_open();
  result.unreachable = true;
  result.unreachable_because = std::move(because);
  result.generator.max_rss_bytes = max_rss_bytes();
  if (result.open) result.intended_rate = make_schedule(plan.shape, plan.seed).mean_rate();
  for (const Route& route : plan.routes) result.routes.emplace_back(route.name, RouteResult{});
  RouteTally tally;
  tally.record({0, {}, std::nullopt, {}, 0, kind});
  tally.add_to(result.all);
  tally.add_to(result.routes.front().second);
  return result;
}

void add_flows(LoadResult& result, const WorkerTotals& totals) {
  for (std::size_t i = 0; i < totals.checks.size(); ++i) {
    result.checks[i].counts.passed += totals.checks[i].passed;
    result.checks[i].counts.failed += totals.checks[i].failed;
  }
  for (std::size_t i = 0; i < totals.flows.size(); ++i) {
    result.flows[i].second.completed += totals.flows[i].completed;
    result.flows[i].second.failed += totals.flows[i].failed;
  }
}

// The threads of a run; joins them.
class Crew {
 public:
  static base::Result<std::unique_ptr<Crew>> start(SharedState& shared) {
    auto crew = std::unique_ptr<Crew>(new Crew);
    for (int index = 0; index < shared.threads; ++index) {
      BASE_ASSIGN(Poller poller, Poller::create(shared.origin));
      crew->workers_.push_back(std::make_unique<Worker>(shared, index, std::move(poller)));
    }
    for (const auto& worker : crew->workers_)
      crew->threads_.emplace_back([&worker = *worker] { worker.run(); });
    return crew;
  }

  const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }

  const std::vector<std::unique_ptr<Worker>>& join() {
    threads_.clear();
    return workers_;
  }

 private:
  Crew() = default;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::jthread> threads_;  // after the workers: joined before they go
};

class Run {
 public:
  Run(const LoadPlan& plan, const LoadEvents& events, const Endpoint& endpoint)
      : plan_(plan), events_(events), shared_(plan, choose_threads(plan)) {
    shared_.endpoint = endpoint;
    shared_.slice_length = slice_length_of(plan);
    shared_.limit_was_asked_for = plan.shape.connections.has_value();
    limit_ = plan.shape.connections.value_or(default_connection_limit());
    shared_.connection_limit = std::max(1, limit_ / shared_.threads);
    for (const Route& route : plan.routes) result_.routes.emplace_back(route.name, RouteResult{});
    for (auto& [route, check] : check_names(plan))
      result_.checks.push_back({std::move(route), std::move(check), {}});
    for (const Flow& flow : plan.flows.list) result_.flows.emplace_back(flow.name, FlowCounts{});
  }

  base::Result<LoadResult> run() {
    const double cpu_before = cpu_seconds();
    if (plan_.target.scheme == "https") {
      BASE_ASSIGN(shared_.tls, TlsClient::create(plan_.tls, plan_.target.host));
    }
    shared_.origin = std::chrono::steady_clock::now();
    BASE_ASSIGN(const auto crew, Crew::start(shared_));
    while (!shared_.collector.finished()) {
      if (!shared_.stop) shared_.stop = (events_.stop && events_.stop()) || gives_up(crew->workers());
      if (auto slice = shared_.collector.take(stop_is_asked_every)) hand_out(*slice);
    }
    conclude(crew->join());
    result_.generator.cpu_seconds = cpu_seconds() - cpu_before;
    return std::move(result_);
  }

 private:
  double elapsed() const {
    return seconds(std::chrono::steady_clock::now() - shared_.origin - plan_.shape.warmup);
  }

  // Whether the service is dead: no answer for so long, and not for want of asking.
  bool gives_up(const std::vector<std::unique_ptr<Worker>>& workers) {
    if (plan_.shape.abort_after <= 0ns) return false;
    base::Nanoseconds answered{};
    base::Nanoseconds failed(-1);
    for (const auto& worker : workers) {
      answered = std::max(answered, worker->answered_at());
      failed = std::max(failed, worker->failed_at());
    }
    const base::Nanoseconds silence = std::chrono::steady_clock::now() - shared_.origin - answered;
    result_.gave_up = failed > answered && silence >= plan_.shape.abort_after;
    return result_.gave_up;
  }

  void hand_out(const CollectedSlice& collected) {
    for (std::size_t route = 0; route < collected.tally.size(); ++route) {
      collected.tally[route].add_to(result_.routes[route].second);
    }
    if (!events_.on_slice) return;
    const double length = seconds(shared_.slice_length);
    const double start = length * static_cast<double>(collected.index);
    const double measured = seconds(expected_length(plan_.shape) - plan_.shape.warmup);
    const bool offered =
        start + length <= elapsed() && (measured <= 0 || start + length <= measured * (1 + 1e-9));
    LoadSlice slice{start, std::clamp(elapsed() - start, 1e-6, length), offered, {}};
    for (const RouteTally& tally : collected.tally) {
      RouteSlice& route = slice.routes.emplace_back(tally.slice());
      const bool streams = result_.routes[slice.routes.size() - 1].second.first_event.count() > 0;
      if (streams) route.first_event.record_infinite(route.given_up.count());
    }
    events_.on_slice(slice);
  }

  void conclude(const std::vector<std::unique_ptr<Worker>>& workers) {
    base::Nanoseconds last_done{};
    base::Histogram lateness;
    std::uint64_t sends = 0;
    for (const auto& worker : workers) {
      const WorkerTotals& totals = worker->totals();
      last_done = std::max(last_done, totals.last_done);
      lateness.merge(totals.lateness);
      sends += totals.sends;
      result_.bytes_sent += totals.traffic.sent;
      result_.bytes_received += totals.traffic.received;
      result_.open_at_end += totals.open_at_end;
      result_.generator.late_sends += totals.never_sent;
      result_.generator.connections_opened += totals.connections_opened;
      result_.generator.run_queue_wait_seconds += totals.run_queue_wait_seconds;
      add_flows(result_, totals);
    }
    for (const auto& [name, route] : result_.routes) merge_into(result_.all, route);
    describe(last_done);
    judge_generator(lateness, sends);
  }

  void describe(base::Nanoseconds last_done) {
    result_.open = plan_.shape.is_open();
    result_.interrupted = shared_.stop && !result_.gave_up;
    result_.unreachable = shared_.unreachable;
    if (shared_.tls) result_.tls = shared_.tls->summary();
    if (result_.unreachable) {
      result_.unreachable_because = shared_.unreachable_as == ErrorKind::tls
                                        ? result_.tls->problem
                                        : std::strerror(shared_.unreachable_errno);
    }
    if (result_.gave_up) result_.gave_up_because = what_failed();
    const double until_last = std::max(seconds(last_done - plan_.shape.warmup), 0.0);
    const double planned = seconds(expected_length(plan_.shape) - plan_.shape.warmup);
    const bool cut = shared_.stop || result_.unreachable;
    result_.duration_seconds = cut ? std::max(elapsed(), 0.0) : std::max(until_last, planned);
    if (result_.open) result_.intended_rate = make_schedule(plan_.shape, plan_.seed).mean_rate();
    std::uint64_t answered = 0;
    for (const auto& [status, count] : result_.all.responses) answered += count;
    if (result_.duration_seconds > 0)
      result_.achieved_rate = static_cast<double>(answered) / result_.duration_seconds;
  }

  // "every request failed for 2.1 s (40 connect, 3 timeout in all)".
  std::string what_failed() const {
    std::string kinds;
    for (const ErrorKind kind : {ErrorKind::dns, ErrorKind::connect, ErrorKind::tls, ErrorKind::timeout,
                                 ErrorKind::reset, ErrorKind::protocol}) {
      const std::uint64_t count = result_.all.errors[static_cast<std::size_t>(kind)];
      if (count == 0) continue;
      kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", count, to_string(kind));
    }
    return fmt::format("every request failed for {} ({} in all)",
                       base::format_seconds(seconds(plan_.shape.abort_after)), kinds);
  }

  void judge_generator(const base::Histogram& lateness, std::uint64_t sends) {
    GeneratorResult& generator = result_.generator;
    const double bound = late_after_seconds(result_.all.latency.percentile(50));
    generator.late_sends += lateness.count() - lateness.count_at_or_below(bound);
    generator.saturated = is_saturated(generator.late_sends, sends);
    generator.max_rss_bytes = max_rss_bytes();
    generator.threads = shared_.threads;
    generator.connection_limit = limit_;
  }

  const LoadPlan& plan_;
  const LoadEvents& events_;
  SharedState shared_;
  int limit_ = 0;
  LoadResult result_;
};

}  // namespace

std::string_view to_string(ErrorKind kind) {
  constexpr std::array<std::string_view, error_kinds> names = {
      "dns", "connect", "tls", "timeout", "reset", "protocol", "http_4xx", "http_5xx", "check"};
  return names[static_cast<std::size_t>(kind)];
}

std::uint64_t total(const ErrorCounts& errors) {
  return std::accumulate(errors.begin(), errors.end(), std::uint64_t{0});
}

base::Result<LoadResult> run_one_load(const LoadPlan& plan, const LoadEvents& events) {
  BASE_TRY(check_plan(plan));
  const auto endpoint = resolve(plan.target);
  if (!endpoint && endpoint.error().code == ErrorCode::not_found) {
    return unreachable_result(plan, ErrorKind::dns, endpoint.error().message);
  }
  if (!endpoint) return std::unexpected(endpoint.error());
  return Run(plan, events, *endpoint).run();
}

std::string why_it_ended(const LoadPlan& plan, const LoadResult& result) {
  const std::string target = net::to_string(plan.target);
  if (result.gave_up) return "ended early: " + target + " is dead: " + result.gave_up_because;
  if (!result.unreachable) return {};
  const bool tls = result.tls && !result.tls->problem.empty();
  return (tls ? "no TLS connection to " : "nobody answers at ") + target + ": " + result.unreachable_because;
}

bool is_saturated(std::uint64_t late_sends, std::uint64_t sends) {
  return static_cast<double>(late_sends) > std::max(10.0, 0.001 * static_cast<double>(sends));
}

double late_after_seconds(double median_latency_seconds) {
  return std::isfinite(median_latency_seconds) ? std::max(0.005, 0.05 * median_latency_seconds) : 0.005;
}

int default_connection_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024 - static_cast<int>(descriptors_for_others);
  const rlim_t wanted = std::min(limit.rlim_max, most_connections + descriptors_for_others);
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = wanted;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  const rlim_t usable = limit.rlim_cur > descriptors_for_others ? limit.rlim_cur - descriptors_for_others : 1;
  return static_cast<int>(std::min(usable, most_connections));
}

}  // namespace plimsoll::traffic
