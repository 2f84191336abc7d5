// The search through the vectors of a large tenant: a graph over bytes, candidates weighed by their floats.
//
//   hnsw_benchmarks            20,000 vectors of 384 values
//   hnsw_benchmarks --million  1,000,000 of them: 3 GB of memory, and half an hour on one core
//   hnsw_benchmarks --vectors N --subject 2000
//
// BM_GraphSearch/N: each iteration is one search for 10, as the service makes it (256 candidates), by
// 1,000 queries in turn. p50_seconds, p95_seconds by the clock and cpu_p95_seconds of the thread, which a
// busy machine does not change; recall of the first 10 against a look at all vectors, over 200 queries;
// build_seconds and build_cpu_seconds on one core; bytes_a_vector in memory; floats_read for a search.
// BM_GraphFile/N: save_seconds and read_seconds of the file (from the page cache), file_bytes.
// BM_SmallTenants/N: tenants of one hundredth each are searched exactly: their recall, p50 and p95.
//
// The vectors are clustered as those of texts are (tests/support/sample_vectors.h): subjects of 64 vectors on
// average (--subject), eight to a theme, cosine 0.8 within a subject and 0.64 within a theme. Queries are
// drawn in the same way. The larger a subject, the harder: within it vectors lie at random. Uniform random
// vectors would be of no use: in 384 dimensions all are equally far from a query.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>
#include <time.h>

#include "apps/memory_api/search/hnsw_index.h"
#include "apps/memory_api/storage/graph_file.h"
#include "base/file.h"
#include "benchmarking/performance/timed_loop.h"
#include "tests/support/sample_vectors.h"

namespace {

using memory_api::search::Candidate;
using memory_api::search::EncodedQuery;
using memory_api::search::HnswIndex;
using memory_api::search::VectorRanking;

constexpr std::size_t dimensions = 384, most = 10, width = 256, recall_queries = 200;

std::size_t vectors = 20'000, subject = 64;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double thread_seconds() {
  timespec time = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct Data {
  explicit Data(std::size_t count) : index(dimensions, std::min<std::size_t>(count / 2, 100'000)) {
    memory_api::testing::SampleVectors sample(dimensions, count / subject + 1, 0.5, 1);
    floats.reserve(count * dimensions);
    for (std::size_t i = 0; i < count; ++i) {
      const auto vector = sample.next();
      floats.insert(floats.end(), vector.begin(), vector.end());
      index.put(static_cast<std::int64_t>(i), i, vector);
    }
    for (int i = 0; i < 1000; ++i) queries.emplace_back(sample.next());
    const auto start = std::chrono::steady_clock::now();
    const double cpu_start = thread_seconds();
    while (index.work()) {
    }
    build_seconds = seconds_since(start);
    build_cpu_seconds = thread_seconds() - cpu_start;
  }

  std::span<const float> vector(std::int64_t document) const {
    return std::span(floats).subspan(static_cast<std::size_t>(document) * dimensions, dimensions);
  }
  std::size_t count() const { return floats.size() / dimensions; }

  HnswIndex index;
  std::vector<float> floats;
  std::vector<EncodedQuery> queries;
  double build_seconds = 0;
  double build_cpu_seconds = 0;
};

const Data& data() {
  static const Data made(vectors);
  return made;
}

std::vector<Candidate> search(const Data& data, const HnswIndex& index, const EncodedQuery& query,
                              std::size_t& read) {
  VectorRanking ranking(index.nearest(query, width), query, [&](std::int64_t document) {
    ++read;
    const auto vector = data.vector(document);
    return base::Result<std::vector<float>>(std::vector<float>(vector.begin(), vector.end()));
  });
  std::vector<Candidate> found;
  while (found.size() < most) {
    const auto next = ranking.next();
    if (!next || !*next) break;
    found.push_back(**next);
  }
  return found;
}

// The score of the last of the best among the first `count` vectors, found by looking at all.
double least_of_the_best(const Data& data, const EncodedQuery& query, std::size_t count) {
  std::vector<double> scores(count);
  for (std::size_t i = 0; i < count; ++i)
    scores[i] = query.product(data.vector(static_cast<std::int64_t>(i)));
  std::ranges::nth_element(scores, scores.begin() + most - 1, std::ranges::greater());
  return scores[most - 1];
}

double recall(const Data& data, const HnswIndex& index, std::size_t count) {
  std::size_t hits = 0, read = 0;
  for (std::size_t i = 0; i < recall_queries; ++i) {
    const double least = least_of_the_best(data, data.queries[i], count);
    for (const Candidate& found : search(data, index, data.queries[i], read)) hits += found.score >= least;
  }
  return static_cast<double>(hits) / static_cast<double>(most * recall_queries);
}

void search_in_turn(benchmark::State& state, const HnswIndex& index) {
  std::size_t next = 0, read = 0;
  std::vector<double> cpu;
  benchmarking::time_each(state, [&] {
    const EncodedQuery& query = data().queries[next++ % data().queries.size()];
    const double start = thread_seconds();
    benchmark::DoNotOptimize(search(data(), index, query, read));
    cpu.push_back(thread_seconds() - start);
  });
  std::ranges::sort(cpu);
  state.counters["cpu_p95_seconds"] = cpu[cpu.size() * 95 / 100];
  state.counters["floats_read"] = static_cast<double>(read) / static_cast<double>(next);
}

void BM_GraphSearch(benchmark::State& state) {
  search_in_turn(state, data().index);
  static const double found = recall(data(), data().index, data().count());
  state.counters["recall"] = found;
  state.counters["build_cpu_seconds"] = data().build_cpu_seconds;
  state.counters["build_seconds"] = data().build_seconds;
  state.counters["bytes_a_vector"] =
      static_cast<double>(data().index.bytes()) / static_cast<double>(data().count());
}

void BM_GraphFile(benchmark::State& state) {
  const auto folder = base::TemporaryFolder::create("hnsw_benchmarks").value();
  const auto file = folder.path() / "vectors.hnsw";
  const memory_api::search::IndexIdentity identity{1, 1, dimensions};
  const auto is_unwanted = [] { return false; };
  double save_seconds = 0, read_seconds = 0;
  for (auto _ : state) {
    const auto saving = std::chrono::steady_clock::now();
    memory_api::storage::write_graph_file(file, data().index, identity, is_unwanted).value();
    save_seconds = seconds_since(saving);
    const auto reading = std::chrono::steady_clock::now();
    const auto index = memory_api::storage::read_graph_file(file, identity, 0, is_unwanted);
    read_seconds = seconds_since(reading);
    if (!index || (*index)->size() != data().count()) state.SkipWithError("the file is not what was written");
  }
  state.counters["save_seconds"] = save_seconds;
  state.counters["read_seconds"] = read_seconds;
  state.counters["file_bytes"] = static_cast<double>(std::filesystem::file_size(file));
}

void BM_SmallTenants(benchmark::State& state) {
  const std::size_t count = std::max(data().count() / 100, most);
  HnswIndex index(dimensions);
  for (std::size_t i = 0; i < count; ++i) {
    index.put(static_cast<std::int64_t>(i), i, data().vector(static_cast<std::int64_t>(i)));
  }
  while (index.work()) {
  }
  search_in_turn(state, index);
  static const double found = recall(data(), index, count);
  state.counters["recall"] = found;
}

// Takes the options that are ours off the list.
void read_options(int& count, char** arguments) {
  int kept = 1;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--million") {
      vectors = 1'000'000;
    } else if (argument == "--vectors" && i + 1 < count) {
      vectors = std::max<std::size_t>(std::strtoull(arguments[++i], nullptr, 10), 1000);
    } else if (argument == "--subject" && i + 1 < count) {
      subject = std::max<std::size_t>(std::strtoull(arguments[++i], nullptr, 10), 1);
    } else {
      arguments[kept++] = arguments[i];
    }
  }
  count = kept;
}

}  // namespace

int main(int count, char** arguments) {
  read_options(count, arguments);
  const std::string size = std::to_string(vectors);
  benchmark::RegisterBenchmark(("BM_GraphSearch/" + size).c_str(), BM_GraphSearch)
      ->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark(("BM_SmallTenants/" + size).c_str(), BM_SmallTenants)
      ->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark(("BM_GraphFile/" + size).c_str(), BM_GraphFile)
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
