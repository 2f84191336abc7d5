// Runs whose every batch can be told by its values, written until something stops it, and judged afterwards:
// what was acknowledged is there whole, what was not is there whole or not at all.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "plimsoll/evidence/store.h"

namespace plimsoll::evidence::crash {

// What the store acknowledged: a batch of a run, or (batch kFinished) its end.
struct Event {
  int run = 0;
  int batch = 0;
};
inline constexpr int kFinished = -1;

class Workload {
 public:
  explicit Workload(std::uint64_t seed) : seed_(seed) {}

  // Runs `first_run`, `first_run` + 1, … until the store fails or `enough` says so after an event. Events are
  // acknowledgements.
  base::Status write(EvidenceStore& store, int first_run, const std::function<bool(Event)>& enough) const;

  // Nothing, or what is wrong with the runs that a writer of these events left behind.
  std::string judge(EvidenceStore& store, int first_run, const std::vector<Event>& acknowledged) const;

 private:
  base::Status write_run(EvidenceStore& store, int run, const std::function<bool(Event)>& enough,
                         bool& stop) const;
  std::vector<model::Observation> batch(int run, int number) const;
  std::string judge_run(EvidenceStore& store, const model::Run& run, int number,
                        const std::set<int>& acknowledged) const;
  std::string judge_batches(const std::map<int, std::size_t>& found, int number,
                            const std::set<int>& acknowledged) const;

  std::uint64_t seed_;
};

// Rounds of a campaign: PLIMSOLL_CRASH_ROUNDS, or 20.
int crash_rounds();

}  // namespace plimsoll::evidence::crash
