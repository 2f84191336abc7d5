#include "apps/memory_api/observability/process_metrics.h"

#include <unistd.h>

#include "base/process.h"

namespace memory_api::observability {
namespace {

using telemetry::Registry;

// A counter that is kept elsewhere: moves ours up to it.
void follow(telemetry::Counter& counter, std::uint64_t value) {
  const std::uint64_t known = counter.value();
  if (value > known) counter.add(value - known);
}

}  // namespace

void watch_process(Registry& registry) {
  registry.gauge("process_start_time_seconds", "Start of the process, unix time.")
      .set(base::to_unix_seconds(base::system_clock().utc()));
  registry.gauge("memory_api_info", "1; the label tells the version.", {{"version", PLIMSOLL_VERSION}})
      .set(1);
  auto& cpu = registry.gauge("process_cpu_seconds", "CPU time of the process so far.");
  auto& resident = registry.gauge("process_resident_memory_bytes", "Resident memory.");
  auto& files = registry.gauge("process_open_fds", "Open file descriptors.");
  auto& threads = registry.gauge("process_threads", "Threads.");
  registry.on_collect([&] {
    const auto usage = base::process_usage(::getpid());
    if (!usage) return;
    cpu.set(usage->cpu_seconds);
    resident.set(static_cast<double>(usage->rss_bytes));
    files.set(usage->open_files);
    threads.set(usage->threads);
  });
}

void watch_storage(Registry& registry, memory::MemoryService& service) {
  auto& writes = registry.counter("memory_storage_writes_total", "Writes acknowledged as durable.");
  auto& commits = registry.counter("memory_storage_commits_total", "Transactions that the writes went in.");
  auto& failures = registry.counter("memory_storage_failures_total", "Writes answered with a storage error.");
  auto& waiting = registry.gauge("memory_storage_waiting", "Writes waiting for their commit.");
  auto& up = registry.gauge("memory_storage_up", "1 while the storage can be read.");
  registry.on_collect([&] {
    const memory::StorageCounters counters = service.counters();
    follow(writes, counters.writes);
    follow(commits, counters.commits);
    follow(failures, counters.failures);
    waiting.set(static_cast<double>(counters.waiting));
    up.set(service.readiness().status == memory::Readiness::Status::down ? 0 : 1);
  });
}

void watch_embedder(Registry& registry, memory::MemoryService& service) {
  if (!service.embedder_readiness()) return;
  auto& up = registry.gauge("memory_embedder_up", "1 while the embedder works.");
  auto& waiting = registry.gauge("memory_vectors_waiting", "Memories without a vector.");
  auto& lag = registry.gauge("memory_vectors_lag_seconds", "How long the oldest of them has waited.");
  auto& stored = registry.counter("memory_vectors_stored_total", "Vectors made and stored.");
  auto& failures = registry.counter("memory_embedder_failures_total", "Calls that the embedder failed.");
  registry.on_collect([&] {
    const auto embedder = service.embedder_readiness();
    if (!embedder) return;
    up.set(embedder->is_up ? 1 : 0);
    waiting.set(static_cast<double>(embedder->waiting));
    lag.set(std::chrono::duration<double>(embedder->lag).count());
    follow(stored, embedder->stored);
    follow(failures, embedder->failures);
  });
}

void watch_server(Registry& registry, const net::HttpServer& server) {
  auto& open = registry.gauge("http_connections", "Connections open now.");
  auto& total = registry.counter("http_connections_total", "Connections accepted.");
  auto& refusals = registry.counter("http_refusals_total", "Requests that HTTP itself forbids.");
  auto& timeouts = registry.counter("http_timeouts_total", "Connections closed because their time was up.");
  registry.on_collect([&] {
    const net::ServerStatistics statistics = server.statistics();
    open.set(static_cast<double>(statistics.connections_open));
    follow(total, statistics.connections_total);
    follow(refusals, statistics.refusals_total);
    follow(timeouts, statistics.timeouts_total);
  });
}

}  // namespace memory_api::observability
