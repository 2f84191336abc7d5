// The eval probe: puts a suite (suite.h) to the guarded service and records what eval_series.h says.
#pragma once

#include <memory>

#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes::eval {

plan::ProbeKind kind();
std::unique_ptr<Probe> make();

// Errors as those of evaluate() (evaluation.h), and of the suite and its files.
class EvalProbe final : public Probe {
 public:
  base::Result<Done> run(const Task& task, Recorder& recorder) override;
};

}  // namespace plimsoll::probes::eval
