// What recording a latency costs the load engine, and what reading a histogram costs the judges.
#include <cmath>
#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/histogram.h"
#include "base/random.h"

namespace {

using base::Histogram;

// Latencies as services have them: log-normal about 5 ms.
std::vector<double> latencies() {
  base::Random random(42);
  std::vector<double> values(std::size_t{1} << 14);
  for (auto& value : values) value = 0.005 * std::exp(0.6 * random.normal());
  return values;
}

Histogram filled(std::size_t edges) {
  std::vector<double> bounds(edges);
  for (std::size_t i = 0; i < edges; ++i) bounds[i] = 0.001 * static_cast<double>(i + 1);
  Histogram histogram(bounds);
  for (const double value : latencies()) histogram.record(value);
  return histogram;
}

// The argument is the number of edges: bounds of rules that are counted exactly.
void record(benchmark::State& state) {
  const auto values = latencies();
  auto histogram = filled(static_cast<std::size_t>(state.range(0)));
  std::size_t i = 0;
  for (auto _ : state) {
    histogram.record(values[i]);
    i = (i + 1) & (values.size() - 1);
  }
  benchmark::DoNotOptimize(histogram);
  state.SetItemsProcessed(state.iterations());
  state.counters["dense_bytes"] = static_cast<double>(histogram.dense_bytes());
}
BENCHMARK(record)->Arg(0)->Arg(2)->Arg(8);

void merge(benchmark::State& state) {
  const auto other = filled(2);
  auto histogram = filled(2);
  for (auto _ : state) histogram.merge(other);
  benchmark::DoNotOptimize(histogram);
}
BENCHMARK(merge);

void percentile(benchmark::State& state) {
  const auto histogram = filled(2);
  for (auto _ : state) benchmark::DoNotOptimize(histogram.percentile(99));
}
BENCHMARK(percentile);

void parts_round_trip(benchmark::State& state) {
  const auto histogram = filled(2);
  Histogram rebuilt;
  for (auto _ : state) benchmark::DoNotOptimize(Histogram::from_parts(histogram.parts(), rebuilt));
}
BENCHMARK(parts_round_trip);

}  // namespace

BENCHMARK_MAIN();
