// Speed and size of the evidence store on this machine's disk (set TMPDIR to choose which).
// What it must reach: 200,000 scalar observations a second in durable batches at 40 bytes each; 20 runs × 500
// series of 1,000 runs within a second; opening and listing 50 runs well under 100 ms. A sync of the disk
// stands beside it.
#include <stdexcept>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "plimsoll/evidence/store.h"

namespace {

using namespace plimsoll;
using evidence::EvidenceStore;

template <class T>
T must(base::Result<T> result) {
  if (!result) throw std::runtime_error(base::to_string(result.error()));
  return *std::move(result);
}
void must(const base::Status& status) {
  if (!status) throw std::runtime_error(base::to_string(status.error()));
}

struct TemporaryStore {
  base::TemporaryFolder folder = must(base::TemporaryFolder::create("store_benchmarks"));
  std::string path() const { return (folder.path() / "evidence.db").string(); }
  std::unique_ptr<EvidenceStore> open() const { return must(evidence::open_store(path())); }
};

model::Run make_run(std::size_t number) {
  model::Run run;
  run.id = "run-" + std::to_string(1'000'000 + number);
  run.project = "bench";
  run.branch = "main";
  run.commit = std::string(40, 'c');
  run.started = base::UtcTime(std::chrono::seconds(1'700'000'000 + number));
  return run;
}

model::Series make_series(std::size_t number) {
  return {{"bench.time", {{"benchmark", "case_" + std::to_string(number)}}}, "seconds", model::Better::lower};
}

std::vector<model::SeriesHandle> declare(evidence::RunWriter& writer, std::size_t count) {
  std::vector<model::SeriesHandle> handles;
  for (std::size_t i = 0; i < count; ++i)
    handles.push_back(must(writer.declare(make_series(i), "bench/all")));
  return handles;
}

void finish(evidence::RunWriter& writer, std::size_t number) {
  auto run = make_run(number);
  run.state = model::RunState::complete;
  must(writer.finish(run, R"({"verdict":{"judgements":[]}})"));
}

// One write of a page and its sync: what no durable batch can be quicker than.
void BM_fdatasync(benchmark::State& state) {
  const TemporaryStore store;
  const base::FileDescriptor file(
      ::open((store.folder.path() / "raw").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const std::string page(4096, 'x');
  for (auto _ : state) {
    if (::pwrite(file.get(), page.data(), page.size(), 0) < 0 || ::fdatasync(file.get()) != 0)
      state.SkipWithError("sync");
  }
}
BENCHMARK(BM_fdatasync)->Unit(benchmark::kMicrosecond)->UseRealTime();

// range(0) series, each with range(1) observations in every batch, interleaved as a scheduler would write
// them.
void BM_append(benchmark::State& state) {
  const auto series = static_cast<std::size_t>(state.range(0));
  const auto each = static_cast<std::size_t>(state.range(1));
  const TemporaryStore place;
  auto store = place.open();
  auto writer = must(store->begin(make_run(0)));
  const auto handles = declare(*writer, series);
  base::Random random(1);
  std::vector<model::Observation> batch(series * each);
  double now = 1.7e9;
  for (auto _ : state) {
    state.PauseTiming();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i] = {.series = handles[i % series],
                  .slice_start = now += 0.01,
                  .slice_seconds = 1,
                  .value = random.normal()};
    }
    state.ResumeTiming();
    must(writer->append(batch));
  }
  const auto total = static_cast<double>(state.iterations()) * static_cast<double>(batch.size());
  state.counters["observations/s"] = benchmark::Counter(total, benchmark::Counter::kIsRate);
  finish(*writer, 0);
  writer.reset();
  store.reset();
  // With the merged values that finish() adds, and the log folded in.
  state.counters["bytes_each"] = static_cast<double>(std::filesystem::file_size(place.path())) / total;
}
BENCHMARK(BM_append)->Args({1, 10'000})->Args({500, 1})->Args({500, 20})->UseRealTime()->MinTime(2);

void BM_append_histograms(benchmark::State& state) {
  const TemporaryStore place;
  auto store = place.open();
  auto writer = must(store->begin(make_run(0)));
  const auto handles = declare(*writer, 1);
  base::Random random(1);
  base::Histogram histogram;
  for (int i = 0; i < 1000; ++i) histogram.record(0.02 * (1 + random.exponential()));
  std::vector<model::Observation> batch(
      60, {.series = handles[0], .slice_start = 1.7e9, .slice_seconds = 1, .value = histogram});
  for (auto _ : state) must(writer->append(batch));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch.size()));
  finish(*writer, 0);
  writer.reset();
  store.reset();
  state.counters["bytes_each"] =
      static_cast<double>(std::filesystem::file_size(place.path())) /
      (static_cast<double>(state.iterations()) * static_cast<double>(batch.size()));
}
BENCHMARK(BM_append_histograms)->UseRealTime();

// A store of `runs` runs of 500 series with 20 observations each.
const TemporaryStore& filled(std::size_t runs) {
  static std::map<std::size_t, TemporaryStore> stores;
  const auto [place, fresh] = stores.try_emplace(runs);
  if (!fresh) return place->second;
  auto store = place->second.open();
  base::Random random(2);
  for (std::size_t number = 0; number < runs; ++number) {
    auto writer = must(store->begin(make_run(number)));
    std::vector<model::Observation> batch;
    for (const auto handle : declare(*writer, 500)) {
      for (int i = 0; i < 20; ++i) {
        batch.push_back(
            {.series = handle, .slice_start = 1.7e9 + i, .slice_seconds = 1, .value = random.normal()});
      }
    }
    must(writer->append(batch));
    finish(*writer, number);
  }
  return place->second;
}

std::vector<std::string> newest(EvidenceStore& store, std::size_t count) {
  std::vector<std::string> ids;
  for (const auto& run : must(store.runs({.project = "bench", .complete_only = true, .limit = count})))
    ids.push_back(run.id);
  return ids;
}

void BM_history_of_all_series(benchmark::State& state) {
  auto store = filled(1000).open();
  for (auto _ : state) {
    const auto values = must(store->history({.name = "**"}, newest(*store, 20)));
    if (values.size() != 20u * 500) state.SkipWithError("values are missing");
  }
}
BENCHMARK(BM_history_of_all_series)->Unit(benchmark::kMillisecond)->UseRealTime();

// As 500 rules would ask, one by one.
void BM_history_series_by_series(benchmark::State& state) {
  auto store = filled(1000).open();
  for (auto _ : state) {
    const auto runs = newest(*store, 20);
    for (std::size_t i = 0; i < 500; ++i) {
      const model::Selector one{
          .name = "bench.time",
          .matches = {{"benchmark", model::MatchOperator::equal, "case_" + std::to_string(i)}}};
      if (must(store->history(one, runs)).size() != 20) state.SkipWithError("values are missing");
    }
  }
}
BENCHMARK(BM_history_series_by_series)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_read_one_run(benchmark::State& state) {
  auto store = filled(1000).open();
  for (auto _ : state) benchmark::DoNotOptimize(must(store->read("latest", {.name = "**"})));
}
BENCHMARK(BM_read_one_run)->Unit(benchmark::kMillisecond)->UseRealTime();

// All that a check with one empty probe asks of the store.
void BM_open_and_record_an_empty_run(benchmark::State& state) {
  const auto& place = filled(50);
  std::size_t number = 50;
  for (auto _ : state) {
    auto store = place.open();
    benchmark::DoNotOptimize(must(store->runs({.project = "bench", .complete_only = true, .limit = 20})));
    auto writer = must(store->begin(make_run(number)));
    finish(*writer, number++);
  }
}
BENCHMARK(BM_open_and_record_an_empty_run)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(50);

}  // namespace

BENCHMARK_MAIN();
