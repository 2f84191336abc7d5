// The import probe: takes in a result file that another tool has written.
#pragma once

#include <memory>

#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes::import_file {

plan::ProbeKind kind();
std::unique_ptr<Probe> make();

// Every series carries the probe's name as its label `source`. An error where there is no such file, or it is
// no result of a known format.
class ImportProbe final : public Probe {
 public:
  base::Result<Done> run(const Task& task, Recorder& recorder) override;
};

}  // namespace plimsoll::probes::import_file
