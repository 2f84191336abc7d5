// Probes in child processes of their own: what they stream is checked, then appended to the run.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plimsoll/evidence/store.h"
#include "plimsoll/model/run.h"
#include "plimsoll/model/snapshot.h"
#include "plimsoll/pipeline/progress.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::pipeline {

struct ProbeRun {
  probes::Task task;
  std::filesystem::path program;      // this program, which is its own probe runner
  std::chrono::nanoseconds timeout;   // then the whole group is killed: a hang is a crash
  std::optional<std::int32_t> block;  // stamped on every observation of an interleaved measurement
  bool base_side = false;
  std::function<bool()> service_died;  // asked while the probe runs: true ends it early
};

struct ProbeOutcome {
  std::string status = "complete";  // complete | crashed | failed | saturated | skipped
  model::Reason reason = model::Reason::none;
  std::string error;  // one sentence
  double duration_seconds = 0;
  std::vector<model::Fact> facts;
  std::optional<base::Error> store_error;  // the store could not keep it: the whole run must end
};

// All of them side by side, until the last has ended; an outcome each, in their order. Never fails as a
// whole: a probe that crashed, hung, was garbled or cut short says so in its outcome, and the others go on.
// What it said before is kept; its reason makes every rule on its series inconclusive.
std::vector<ProbeOutcome> run_probes(std::span<const ProbeRun> runs, evidence::RunWriter& writer,
                                     Progress& progress);

}  // namespace plimsoll::pipeline
