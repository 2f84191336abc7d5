// The memory store's operations through the service, without HTTP: durable adds by one writer and by eight,
// get, list and search among 10,000 memories of one tenant, P50, P95 and P99 each. Prints this machine's
// fsync time first, since a durable add cannot be faster than that, and the resident memory at the end.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include "apps/memory_api/memory/memory_service.h"
#include "apps/memory_api/storage/sqlite_storage.h"
#include "base/file.h"
#include "base/random.h"
#include "timed_loop.h"

namespace memory_api {
namespace {

using benchmarking::time_each;
using memory::MemoryService;

constexpr std::size_t stored_memories = 10'000;
constexpr int users = 20;
constexpr std::size_t vocabulary = 4'000;

// Word n of a vocabulary where, as in language, a word's frequency falls with its rank.
std::string draw_word(base::Random& random) {
  const double u = random.uniform();
  const auto rank = static_cast<std::size_t>(std::pow(static_cast<double>(vocabulary), u)) - 1;
  return "word" + std::to_string(rank);
}

std::string draw_text(base::Random& random, int words) {
  std::string text = "the";
  for (int i = 0; i < words; ++i) text += " " + draw_word(random);
  return text;
}

memory::NewMemory draw_memory(base::Random& random) {
  memory::NewMemory memory;
  memory.text = draw_text(random, 14);
  memory.entities.user_id = "user" + std::to_string(random.below(users));
  memory.metadata = R"({"source":"benchmark"})";
  return memory;
}

base::Result<memory::Added> add(MemoryService& service, const memory::Tenant& tenant,
                                std::vector<memory::NewMemory> memories) {
  std::promise<base::Result<memory::Added>> promise;
  auto future = promise.get_future();
  service.add(tenant, std::move(memories),
              [&promise](base::Result<memory::Added> added) { promise.set_value(std::move(added)); });
  return future.get();
}

// One filled store for all benchmarks, in the folder where build artefacts lie (a real disk, not a RAM disk).
struct World {
  World() : folder(base::TemporaryFolder::create("database_query").value()) {
    auto storage = storage::open_sqlite_storage(folder.path()).value();
    service =
        std::make_unique<MemoryService>(std::move(storage), MemoryService::Keys::open, base::system_clock());
    tenant = service->authenticate("benchmark").value();
    base::Random random(1);
    for (std::size_t i = 0; i < stored_memories / 100; ++i) {
      std::vector<memory::NewMemory> batch;
      for (int j = 0; j < 100; ++j) batch.push_back(draw_memory(random));
      for (const auto& memory : add(*service, tenant, std::move(batch)).value().memories)
        ids.push_back(memory.id);
    }
  }

  base::TemporaryFolder folder;
  std::unique_ptr<MemoryService> service;
  memory::Tenant tenant;
  std::vector<std::string> ids;
};

World& world() {
  static World world;
  return world;
}

base::Random random_of(const benchmark::State& state) {
  return base::Random(static_cast<std::uint64_t>(state.thread_index()) + 7);
}

void count_items(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations());
}

void BM_AddDurable(benchmark::State& state) {
  World& w = world();
  const memory::Tenant tenant = w.service->authenticate("adding").value();
  base::Random random = random_of(state);
  time_each(state, [&] { benchmark::DoNotOptimize(add(*w.service, tenant, {draw_memory(random)}).value()); });
  count_items(state);
}
BENCHMARK(BM_AddDurable)->UseRealTime()->Unit(benchmark::kMicrosecond)->MinTime(1);
BENCHMARK(BM_AddDurable)
    ->Name("BM_AddDurableGroupCommit")
    ->Threads(8)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond)
    ->MinTime(1);

void BM_Get(benchmark::State& state) {
  World& w = world();
  base::Random random = random_of(state);
  time_each(state, [&] {
    benchmark::DoNotOptimize(w.service->get(w.tenant, w.ids[random.below(w.ids.size())]).value());
  });
  count_items(state);
}
BENCHMARK(BM_Get)->Unit(benchmark::kMicrosecond);

void BM_ListPage(benchmark::State& state) {
  World& w = world();
  base::Random random = random_of(state);
  time_each(state, [&] {
    const auto user = "user" + std::to_string(random.below(users));
    benchmark::DoNotOptimize(
        w.service->list(w.tenant, {memory::equals(memory::Field::user_id, user), {1, 50}}).value());
  });
  count_items(state);
}
BENCHMARK(BM_ListPage)->Unit(benchmark::kMicrosecond);

void search(benchmark::State& state, const memory::Filter& filter) {
  World& w = world();
  base::Random random = random_of(state);
  time_each(state, [&] {
    memory::SearchQuery query{"what is the " + draw_text(random, 4), filter};
    benchmark::DoNotOptimize(w.service->search(w.tenant, query).value());
  });
  count_items(state);
}

void BM_Search(benchmark::State& state) {
  search(state, memory::of_entities({.user_id = "*"}));
}
BENCHMARK(BM_Search)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Search)->Name("BM_Search8Threads")->Threads(8)->UseRealTime()->Unit(benchmark::kMicrosecond);

void BM_SearchOneUser(benchmark::State& state) {
  search(state, memory::equals(memory::Field::user_id, "user3"));
}
BENCHMARK(BM_SearchOneUser)->Unit(benchmark::kMicrosecond);

// The median of appending 4 KiB and syncing it.
double fsync_milliseconds() {
  const auto folder = base::TemporaryFolder::create("fsync").value();
  const base::FileDescriptor file(::open((folder.path() / "f").c_str(), O_RDWR | O_CREAT, 0600));
  std::vector<double> times;
  const std::array<char, 4096> block{};
  for (int i = 0; i < 51; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (::write(file.get(), block.data(), block.size()) < 0 || ::fsync(file.get()) != 0) return -1;
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::nth_element(times, times.begin() + 25);
  return times[25];
}

double resident_mebibytes() {
  long pages = 0;
  long resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

}  // namespace
}  // namespace memory_api

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  std::cerr << "fsync of 4 KiB appended, median: " << memory_api::fsync_milliseconds() << " ms\n";
  benchmark::RunSpecifiedBenchmarks();
  std::cerr << "resident: " << memory_api::resident_mebibytes() << " MiB\n";
  return 0;
}
