// The load probe: puts a scenario's load on the guarded service and records what it saw (load_series.h).
#pragma once

#include <memory>

#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes::load {

plan::ProbeKind kind();
std::unique_ptr<Probe> make();

// Task::extend replaces the duration. Done{saturated} where the generator itself fell behind; unavailable
// where nobody listens; cancelled where a signal ended it.
class LoadProbe final : public Probe {
 public:
  base::Result<Done> run(const Task& task, Recorder& recorder) override;
};

}  // namespace plimsoll::probes::load
