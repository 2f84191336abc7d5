// What every benchmark of the service shares: each operation is timed by itself, so that P50, P95 and P99
// stand beside Google Benchmark's mean, and a slow-down can be planted to see whether it is found.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace benchmarking {

// PLIMSOLL_PLANTED_SLOWDOWN=1.3 makes every operation take 30 % longer, on the processor. 1: none.
inline double planted_slowdown() {
  const char* text = std::getenv("PLIMSOLL_PLANTED_SLOWDOWN");
  const double factor = text == nullptr ? 1 : std::strtod(text, nullptr);
  return std::clamp(factor, 1.0, 100.0);
}

// By nearest rank. Averaged over threads where there are several: each has a loop of its own.
inline void report_percentiles(benchmark::State& state, std::vector<float>& seconds) {
  if (seconds.empty()) return;
  std::ranges::sort(seconds);
  for (const std::size_t percent : {50, 95, 99}) {
    const std::size_t rank = (seconds.size() * percent + 99) / 100;
    state.counters["p" + std::to_string(percent) + "_seconds"] =
        benchmark::Counter(seconds[rank - 1], benchmark::Counter::kAvgThreads);
  }
}

// The measured loop. Timing each operation costs it some 50 ns.
template <class Operation>
void time_each(benchmark::State& state, Operation operation) {
  using Clock = std::chrono::steady_clock;
  const double factor = planted_slowdown();
  std::vector<float> latencies(state.max_iterations);  // touched before the clock runs
  std::size_t done = 0;
  for (auto _ : state) {
    const auto began = Clock::now();
    operation();
    auto ended = Clock::now();
    if (factor > 1) {
      const auto until = began + std::chrono::duration_cast<Clock::duration>((ended - began) * factor);
      while (ended < until) ended = Clock::now();
    }
    latencies[done++] = std::chrono::duration<float>(ended - began).count();
  }
  latencies.resize(done);
  report_percentiles(state, latencies);
}

}  // namespace benchmarking
