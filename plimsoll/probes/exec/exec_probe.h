// The exec probe: any program as a probe. It either speaks the probe protocol itself (docs/probes.md), or its
// results are read by a format.
#pragma once

#include <memory>

#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes::exec {

plan::ProbeKind kind();
std::unique_ptr<Probe> make();

// Without `format` the program is given the task on standard input and a stream on descriptor 3, every line
// of which is checked before it is passed on. An error where it fails, or says what the protocol does not
// allow.
class ExecProbe final : public Probe {
 public:
  base::Result<Done> run(const Task& task, Recorder& recorder) override;
};

}  // namespace plimsoll::probes::exec
