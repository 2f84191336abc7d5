// One client on one connection against a real memory_api: what a call costs from end to end, P50, P95 and
// P99. /health is the floor that HTTP sets, ping adds the key's check, the others the work. A durable add
// waits for the disk.
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "running_service.h"
#include "timed_loop.h"

namespace {

using benchmarking::RunningService;
using benchmarking::time_each;

constexpr int users = 50;
constexpr int memories_each = 40;

// 2,000 memories of 50 users.
RunningService& service() {
  static RunningService* instance = [] {
    static RunningService filled;
    for (int user = 0; user < users; ++user) filled.fill(fmt::format("user{}", user), memories_each);
    return &filled;
  }();
  return *instance;
}

std::string any_user() {
  return fmt::format("user{}", service().random().below(users));
}

void health(benchmark::State& state) {
  RunningService& api = service();  // started before the clock
  time_each(state, [&] { benchmark::DoNotOptimize(api.get("/health")); });
}

void ping(benchmark::State& state) {
  RunningService& api = service();
  time_each(state, [&] { benchmark::DoNotOptimize(api.get("/v1/ping/")); });
}

void get_memory(benchmark::State& state) {
  RunningService& api = service();
  time_each(state, [&] { benchmark::DoNotOptimize(api.get("/v1/memories/" + api.any_id() + "/")); });
}

void list_memories(benchmark::State& state) {
  RunningService& api = service();
  time_each(state, [&] {
    benchmark::DoNotOptimize(api.get(fmt::format("/v1/memories/?user_id={}&page_size=20", any_user())));
  });
}

void search_memories(benchmark::State& state) {
  RunningService& api = service();
  time_each(state, [&] { benchmark::DoNotOptimize(api.search(any_user())); });
}

void add_memory(benchmark::State& state) {
  RunningService& api = service();
  time_each(state, [&] { api.fill("writer", 1); });
}

// The service runs in another process, so its time is only in the wall clock.
BENCHMARK(health)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(ping)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(get_memory)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(list_memories)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(search_memories)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(add_memory)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
