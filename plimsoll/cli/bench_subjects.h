// The plan's bench probes, measured by a command of its own rather than by `check`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/run.h"
#include "plimsoll/pipeline/progress.h"
#include "plimsoll/plan/plan.h"
#include "plimsoll/probes/bench/measure.h"

namespace plimsoll::cli {

// One probe to measure.
struct BenchSubject {
  std::string name;
  std::string digest;  // of its entry in the plan; empty for a bare command
  probes::bench::BenchConfig config;
};

// Those of the plan that `only` names, or all; `workdir` is what {workdir} stands for. invalid_argument where
// there is none, or a placeholder only a running service can fill.
base::Result<std::vector<BenchSubject>> bench_subjects(const plan::Plan& plan,
                                                       const std::vector<std::string>& only,
                                                       const std::filesystem::path& workdir);

struct SubjectRepeat {
  const BenchSubject* subject = nullptr;
  int run = 0;  // 0, 1, …
  probes::bench::Repeat repeat;
};

// Every subject as its configuration asks, `runs` times over, the subjects in turn: what drifts on the
// machine hits all of them. `subjects` must outlive the result.
base::Result<std::vector<SubjectRepeat>> measure_subjects(const std::vector<BenchSubject>& subjects, int runs,
                                                          const std::filesystem::path& root,
                                                          const std::filesystem::path& workdir,
                                                          pipeline::Progress& progress);

// As one complete run of probes of this kind; with `as_blocks` each run's number is stamped on as the block.
base::Status keep_subjects(const std::string& store, const model::Run& run, const std::string& kind,
                           const std::vector<SubjectRepeat>& repeats, bool as_blocks,
                           const std::string& headline);

}  // namespace plimsoll::cli
