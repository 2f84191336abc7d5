// Resident memory of a real memory_api: idle, holding 1,000 and 10,000 memories, and while it answers
// searches among them. The figures are the counters (p50_bytes, p95_bytes, p99_bytes over the moments it was
// looked at, peak_bytes, bytes_per_memory); the time is that of filling or searching, not of the service
// alone.
#include <algorithm>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "running_service.h"

namespace {

using benchmarking::RunningService;

constexpr int users = 20;
constexpr int memories_a_request = 50;
constexpr int looks = 200;

// What the service had resident at each look.
class Resident {
 public:
  explicit Resident(const RunningService& service) : service_(service) {}

  void look() { bytes_.push_back(static_cast<double>(service_.usage().rss_bytes)); }

  void report(benchmark::State& state) {
    std::ranges::sort(bytes_);
    for (const std::size_t percent : {50, 95, 99}) {
      const std::size_t rank = std::max<std::size_t>(1, (bytes_.size() * percent + 99) / 100);
      state.counters[fmt::format("p{}_bytes", percent)] = bytes_[rank - 1];
    }
    state.counters["peak_bytes"] = static_cast<double>(service_.usage().peak_rss_bytes);
  }

 private:
  const RunningService& service_;
  std::vector<double> bytes_;
};

std::string user_of(int number) {
  return fmt::format("user{}", number % users);
}

void idle(benchmark::State& state) {
  RunningService service;
  Resident resident(service);
  for (auto _ : state) {
    for (int i = 0; i < looks; ++i) {
      benchmark::DoNotOptimize(service.get("/health"));
      resident.look();
    }
  }
  resident.report(state);
}

void fill(RunningService& service, std::int64_t memories) {
  for (int i = 0; i < memories / memories_a_request; ++i) service.fill(user_of(i), memories_a_request);
}

void holding(benchmark::State& state) {
  RunningService service;
  const auto empty = static_cast<double>(service.usage().rss_bytes);
  Resident resident(service);
  for (auto _ : state) fill(service, state.range(0));
  for (int i = 0; i < looks; ++i) {
    benchmark::DoNotOptimize(service.get("/health"));
    resident.look();
  }
  resident.report(state);
  const auto held = static_cast<double>(service.usage().rss_bytes);
  state.counters["bytes_per_memory"] = (held - empty) / static_cast<double>(state.range(0));
}

void searching(benchmark::State& state) {
  RunningService service;
  fill(service, state.range(0));
  Resident resident(service);
  for (auto _ : state) {
    for (int i = 0; i < looks; ++i) {
      benchmark::DoNotOptimize(service.search(user_of(i)));
      resident.look();
    }
  }
  resident.report(state);
}

BENCHMARK(idle)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(holding)->Arg(1'000)->Arg(10'000)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(searching)->Arg(10'000)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
