// The bench probe: runs a benchmark program, or times any command, a few times over.
#pragma once

#include <memory>

#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes::bench {

plan::ProbeKind kind();
std::unique_ptr<Probe> make();

// One observation of each series a repeat, its slice the repeat; with `callgrind` two counts of instructions,
// so that a program that does not do the same each time shows. An error where the command fails. Ignores
// Task::extend.
class BenchProbe final : public Probe {
 public:
  base::Result<Done> run(const Task& task, Recorder& recorder) override;
};

}  // namespace plimsoll::probes::bench
