// A whole run: set-up, one part or several side by side, tear-down.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include "plimsoll/traffic/engine/engine.h"
#include "plimsoll/traffic/engine/tally.h"
#include "plimsoll/traffic/run_once.h"
#include "plimsoll/traffic/slice_combiner.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;

constexpr base::Nanoseconds stop_is_asked_every = 50ms;

double seconds(base::Nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

// What holds for all parts, and what the set-up gave.
LoadPlan plan_of_part(const LoadPlan& whole, const LoadPlan& part, base::Nanoseconds slice_length) {
  LoadPlan plan = part;
  plan.allowed_host = whole.allowed_host;
  plan.latency_edges = whole.latency_edges;
  plan.service_edges = whole.service_edges;
  plan.first_byte_edges = whole.first_byte_edges;
  plan.first_event_edges = whole.first_event_edges;
  plan.gap_edges = whole.gap_edges;
  plan.seed = whole.seed;
  plan.threads = whole.threads;
  plan.slice_length = slice_length;
  return plan;
}

void add_named(LoadResult& all, const std::string& scenario, LoadResult& part) {
  const std::string prefix = scenario + "/";
  for (auto& [name, route] : part.routes) all.routes.emplace_back(prefix + name, std::move(route));
  for (CheckResult& check : part.checks)
    all.checks.push_back({prefix + check.route, std::move(check.name), check.counts});
  for (const auto& [name, counts] : part.flows) all.flows.emplace_back(prefix + name, counts);
}

// CPU time and memory are the process', so that every part has seen all of them.
void add_generator(GeneratorResult& all, const GeneratorResult& part) {
  all.saturated = all.saturated || part.saturated;
  all.cpu_seconds = std::max(all.cpu_seconds, part.cpu_seconds);
  all.max_rss_bytes = std::max(all.max_rss_bytes, part.max_rss_bytes);
  all.late_sends += part.late_sends;
  all.run_queue_wait_seconds += part.run_queue_wait_seconds;
  all.threads += part.threads;
  all.connection_limit += part.connection_limit;
  all.connections_opened += part.connections_opened;
}

void add_tls(TlsSummary& all, const TlsSummary& part) {
  all.version = part.version;
  all.cipher = part.cipher;
  all.handshakes += part.handshakes;
  all.resumed += part.resumed;
  if (all.problem.empty()) all.problem = part.problem;
}

void add_part(LoadResult& all, const LoadResult& part) {
  all.open = all.open && part.open;
  all.interrupted = all.interrupted || part.interrupted;
  if (part.unreachable) all.unreachable_because = part.unreachable_because;
  all.unreachable = all.unreachable || part.unreachable;
  if (part.gave_up) all.gave_up_because = part.gave_up_because;
  all.gave_up = all.gave_up || part.gave_up;
  if (part.tls && !all.tls) all.tls.emplace();
  if (part.tls) add_tls(*all.tls, *part.tls);
  all.bytes_sent += part.bytes_sent;
  all.bytes_received += part.bytes_received;
  all.open_at_end += part.open_at_end;
  add_generator(all.generator, part.generator);
  merge_into(all.all, part.all);
}

// The threads of a run with several parts.
class Parts {
 public:
  Parts(const LoadPlan& whole, const LoadEvents& events)
      : whole_(whole),
        events_(events),
        slice_length_(slice_length_of(whole)),
        combiner_(places(), seconds(slice_length_), empty_slice(), events.on_slice),
        results_(whole.parts.size(), LoadResult{}) {}

  base::Result<LoadResult> run() {
    {
      std::vector<std::jthread> threads;
      for (std::size_t part = 0; part < whole_.parts.size(); ++part)
        threads.emplace_back([this, part] { run_part(part); });
    }
    for (const auto& result : results_) {
      if (!result) return std::unexpected(result.error());
    }
    return merged();
  }

 private:
  // How much later than the run's its first counted moment is.
  double offset_of(const LoadPart& part) const {
    const double slice = seconds(slice_length_);
    const double offset = seconds(part.start + part.plan->shape.warmup - whole_.shape.warmup);
    return std::max(0.0, std::round(offset / slice) * slice);
  }

  std::vector<SliceCombiner::Part> places() const {
    std::vector<SliceCombiner::Part> places;
    std::size_t first = 0;
    for (const LoadPart& part : whole_.parts) {
      places.push_back({first, offset_of(part)});
      first += part.plan->routes.size();
    }
    return places;
  }

  LoadSlice empty_slice() const {
    LoadSlice slice;
    for (const RouteTally& tally : make_slice_tally(whole_)) slice.routes.push_back(tally.slice());
    return slice;
  }

  bool stopped() { return failed_ || (events_.stop && events_.stop()); }

  void run_part(std::size_t index) {
    const LoadPart& part = whole_.parts[index];
    const auto begin = std::chrono::steady_clock::now() + part.start;
    while (std::chrono::steady_clock::now() < begin && !stopped())
      std::this_thread::sleep_until(std::min(begin, std::chrono::steady_clock::now() + stop_is_asked_every));
    LoadEvents events;
    events.stop = [this] { return stopped(); };
    events.on_slice = [this, index](const LoadSlice& slice) { combiner_.add(index, slice); };
    results_[index] = run_one_load(plan_of_part(whole_, *part.plan, slice_length_), events);
    if (!results_[index] || results_[index]->service_was_dead()) failed_ = true;
    combiner_.finish(index);
  }

  LoadResult merged() {
    LoadResult all;
    all.open = true;
    double intended = 0;  // requests
    bool scheduled = true;
    for (std::size_t i = 0; i < results_.size(); ++i) {
      LoadResult& part = *results_[i];
      add_part(all, part);
      all.duration_seconds =
          std::max(all.duration_seconds, offset_of(whole_.parts[i]) + part.duration_seconds);
      scheduled = scheduled && part.intended_rate;
      intended += part.intended_rate.value_or(0) * part.duration_seconds;
      add_named(all, whole_.parts[i].scenario, part);
    }
    if (all.duration_seconds <= 0) return all;
    std::uint64_t answered = 0;
    for (const auto& [status, count] : all.all.responses) answered += count;
    all.achieved_rate = static_cast<double>(answered) / all.duration_seconds;
    if (scheduled) all.intended_rate = intended / all.duration_seconds;
    return all;
  }

  const LoadPlan& whole_;
  const LoadEvents& events_;
  base::Nanoseconds slice_length_;
  SliceCombiner combiner_;
  std::vector<base::Result<LoadResult>> results_;
  std::atomic<bool> failed_ = false;
};

LoadPlan with_values(const LoadPlan& plan, const LoadPlan& whole, const std::vector<std::string>& values) {
  LoadPlan copy = plan;
  copy.allowed_host = whole.allowed_host;
  copy.flows.values = values;
  return copy;
}

// What the set-up extracted is known to every part and to the tear-down.
base::Result<LoadPlan> set_up(const LoadPlan& plan) {
  LoadPlan ready = plan;
  LoadPlan setup = *plan.setup;
  setup.allowed_host = plan.allowed_host;
  setup.seed = plan.seed;
  BASE_ASSIGN(const std::vector<std::string> values, run_once(setup, "the set-up"));
  ready.flows.values = values;
  for (LoadPart& part : ready.parts)
    part.plan = std::make_shared<const LoadPlan>(with_values(*part.plan, plan, values));
  if (plan.teardown)
    ready.teardown = std::make_shared<const LoadPlan>(with_values(*plan.teardown, plan, values));
  return ready;
}

base::Result<LoadResult> run_parts(const LoadPlan& plan, const LoadEvents& events) {
  return plan.parts.empty() ? run_one_load(plan, events) : Parts(plan, events).run();
}

base::Result<LoadResult> run_and_tear_down(const LoadPlan& plan, const LoadEvents& events) {
  base::Result<LoadResult> result = run_parts(plan, events);
  if (!plan.teardown || !result || result->unreachable) return result;
  if (const auto torn =
          run_once(with_values(*plan.teardown, plan, plan.teardown->flows.values), "the tear-down");
      !torn)
    result->teardown_error = torn.error().message;
  return result;
}

}  // namespace

base::Result<LoadResult> run_load(const LoadPlan& plan, const LoadEvents& events) {
  if (!plan.setup) return run_and_tear_down(plan, events);
  BASE_ASSIGN(const LoadPlan ready, set_up(plan));
  return run_and_tear_down(ready, events);
}

}  // namespace plimsoll::traffic
