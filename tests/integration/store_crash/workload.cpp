#include "tests/integration/store_crash/workload.h"

#include <algorithm>
#include <cstdlib>

#include "base/random.h"
#include "base/text.h"

namespace plimsoll::evidence::crash {
namespace {

constexpr int kSeries = 37;
constexpr int kBatchesOfARun = 8;

std::string run_id(int number) {
  return "run-" + std::to_string(1'000'000 + number);
}

model::Run make_run(int number) {
  model::Run run;
  run.id = run_id(number);
  run.project = "crash";
  run.started = base::UtcTime(std::chrono::seconds(1'700'000'000 + number));
  return run;
}

}  // namespace

int crash_rounds() {
  const char* rounds = std::getenv("PLIMSOLL_CRASH_ROUNDS");
  return rounds != nullptr ? static_cast<int>(base::parse_integer(rounds).value_or(20)) : 20;
}

std::vector<model::Observation> Workload::batch(int run, int number) const {
  base::Random random(seed_ ^ (static_cast<std::uint64_t>(run) << 20 | static_cast<std::uint64_t>(number)));
  // From one observation to several pages of the log.
  const std::uint64_t size = random.below(10) == 0 ? 1 : 1 + random.below(3000);
  std::vector<model::Observation> observations;
  for (std::uint64_t i = 0; i < size; ++i) {
    observations.push_back({.series = static_cast<model::SeriesHandle>(random.below(kSeries)),
                            .slice_start = number * 1.0,
                            .slice_seconds = 1,
                            .value = random.uniform()});
  }
  return observations;
}

base::Status Workload::write(EvidenceStore& store, int first_run,
                             const std::function<bool(Event)>& enough) const {
  bool stop = false;
  for (int run = first_run; !stop; ++run) BASE_TRY(write_run(store, run, enough, stop));
  return {};
}

base::Status Workload::write_run(EvidenceStore& store, int number, const std::function<bool(Event)>& enough,
                                 bool& stop) const {
  auto run = make_run(number);
  BASE_ASSIGN(auto writer, store.begin(run));
  for (int i = 0; i < kSeries; ++i) {
    BASE_TRY(writer->declare({{"s" + std::to_string(i), {}}, "seconds", model::Better::lower}, "p"));
  }
  for (int i = 0; i < kBatchesOfARun && !stop; ++i) {
    BASE_TRY(writer->append(batch(number, i)));
    stop = enough({number, i});
  }
  if (stop) return {};
  run.state = model::RunState::complete;
  BASE_TRY(writer->finish(run, R"({"verdict":{}})"));
  stop = enough({number, kFinished});
  return {};
}

std::string Workload::judge(EvidenceStore& store, int first_run,
                            const std::vector<Event>& acknowledged) const {
  std::map<int, std::set<int>> by_run;
  for (const auto& event : acknowledged) by_run[event.run].insert(event.batch);
  const auto runs = store.runs({});
  if (!runs) return base::to_string(runs.error());
  std::map<std::string, model::Run> stored;
  for (const auto& run : *runs) stored[run.id] = run;
  const int last = by_run.empty() ? first_run : by_run.rbegin()->first;
  // The run after the last acknowledged one may have begun.
  for (int number = first_run; number <= last + 1; ++number) {
    const auto run = stored.find(run_id(number));
    if (run == stored.end()) {
      if (by_run.contains(number)) return run_id(number) + " is lost";
      continue;
    }
    if (auto wrong = judge_run(store, run->second, number, by_run[number]); !wrong.empty()) return wrong;
  }
  return "";
}

std::string Workload::judge_run(EvidenceStore& store, const model::Run& run, int number,
                                const std::set<int>& acknowledged) const {
  const auto series = store.read(run.id, {.name = "**"});
  if (!series) return base::to_string(series.error());
  std::map<int, std::size_t> found;
  for (const auto& data : *series) {
    for (const auto& observation : data.observations) ++found[static_cast<int>(observation.slice_start)];
  }
  if (auto wrong = judge_batches(found, number, acknowledged); !wrong.empty()) return wrong;
  const bool complete = run.state == model::RunState::complete;
  if (acknowledged.contains(kFinished) && !complete) return run.id + " was finished and is not";
  if (!complete) return "";
  const auto history = store.history({.name = "**"}, std::vector{run.id});
  if (!history) return base::to_string(history.error());
  std::size_t merged = 0, slices = 0;
  for (const auto& value : *history) merged += std::get<model::Samples>(value.value).size();
  for (const auto& [batch_number, size] : found) slices += size;
  if (merged != slices) return run.id + ": its merged values are not those of its slices";
  return store.snapshot(run.id) ? "" : run.id + " has lost its snapshot";
}

std::string Workload::judge_batches(const std::map<int, std::size_t>& found, int number,
                                    const std::set<int>& acknowledged) const {
  for (int i = 0; i < kBatchesOfARun; ++i) {
    const auto place = found.find(i);
    const std::size_t there = place == found.end() ? 0 : place->second;
    const std::size_t whole = batch(number, i).size();
    const std::string what = run_id(number) + ", batch " + std::to_string(i) + ": " + std::to_string(there) +
                             " of " + std::to_string(whole);
    if (acknowledged.contains(i) && there != whole) return what + " though it was acknowledged";
    if (there != 0 && there != whole) return what;
  }
  return "";
}

}  // namespace plimsoll::evidence::crash
