// The exact search through 100,000 vectors of 384 values on one core, against the time that it takes to read
// those floats once. What it must reach: ratio at most 1.3; it lies below 1, as bytes are read instead of
// floats (apps/memory_api/search/vector_code.h). Both are timed in turn in every iteration.
//
// BM_ExactSearch/N: counters search_seconds, read_seconds (medians), ratio, floats_read (vectors read in full
// for one search). The vectors are random, which is the worst case for bounds: all are about equally far.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include <benchmark/benchmark.h>

#include "apps/memory_api/search/vector_table.h"

namespace {

using memory_api::search::EncodedQuery;
using memory_api::search::VectorRanking;
using memory_api::search::VectorTable;

constexpr std::size_t dimensions = 384;

std::vector<float> random_unit_vector(std::mt19937_64& random) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(dimensions);
  double squares = 0;
  for (float& value : vector) {
    value = normal(random);
    squares += static_cast<double>(value) * value;
  }
  for (float& value : vector) value = static_cast<float>(value / std::sqrt(squares));
  return vector;
}

struct Data {
  explicit Data(std::size_t count) {
    std::mt19937_64 random(1);
    for (std::size_t i = 0; i < count; ++i) {
      const auto vector = random_unit_vector(random);
      table.put(static_cast<std::int64_t>(i), vector);
      floats.insert(floats.end(), vector.begin(), vector.end());
    }
    for (int i = 0; i < 32; ++i) queries.emplace_back(random_unit_vector(random));
  }

  std::span<const float> vector(std::int64_t document) const {
    return std::span(floats).subspan(static_cast<std::size_t>(document) * dimensions, dimensions);
  }

  VectorTable table{dimensions};
  std::vector<float> floats;
  std::vector<EncodedQuery> queries;
};

// As fast as one core reads: whole numbers, of which the compiler adds as many at once as there are lanes.
std::uint64_t read_all(std::span<const float> floats) {
  const auto* words = reinterpret_cast<const std::uint32_t*>(floats.data());
  std::uint32_t sums[4] = {};
  for (std::size_t i = 0; i + 4 <= floats.size(); i += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] ^= words[i + lane];
  }
  return sums[0] ^ sums[1] ^ sums[2] ^ sums[3];
}

std::size_t search(const Data& data, const EncodedQuery& query, std::size_t most) {
  std::size_t read = 0;
  VectorRanking ranking(data.table.scan(query), query, [&](std::int64_t document) {
    ++read;
    const auto vector = data.vector(document);
    return base::Result<std::vector<float>>(std::vector<float>(vector.begin(), vector.end()));
  });
  for (std::size_t i = 0; i < most; ++i) benchmark::DoNotOptimize(ranking.next());
  return read;
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

template <class Work>
double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void BM_ExactSearch(benchmark::State& state) {
  const Data data(static_cast<std::size_t>(state.range(0)));
  std::vector<double> searching, reading;
  std::size_t next = 0, floats_read = 0;
  for (auto _ : state) {
    const EncodedQuery& query = data.queries[next++ % data.queries.size()];
    reading.push_back(seconds_of([&] { benchmark::DoNotOptimize(read_all(data.floats)); }));
    searching.push_back(seconds_of([&] { floats_read += search(data, query, 10); }));
    state.SetIterationTime(searching.back());
  }
  state.counters["search_seconds"] = median(searching);
  state.counters["read_seconds"] = median(reading);
  state.counters["ratio"] = median(searching) / median(reading);
  state.counters["floats_read"] = static_cast<double>(floats_read) / static_cast<double>(searching.size());
}
BENCHMARK(BM_ExactSearch)->Arg(10'000)->Arg(100'000)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
