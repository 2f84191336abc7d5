// Which earlier runs a run is compared with (EVIDENCE.md, "Which runs compare"). Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "plimsoll/evidence/store.h"
#include "plimsoll/model/run.h"

namespace plimsoll::pipeline {

// Newest first.
struct BaselineRuns {
  std::vector<std::string> newest;  // at most 20: the baseline
  std::vector<std::string>
      anchor;  // the 20 oldest since the last accepted change, where they are older than `newest`
  std::vector<std::string> all;  // since the last accepted change: the history that `change` asks
};

// Whether `candidate` measured what the probe with the id `probe` measures in `run`: complete, same project,
// comparability key and probe configuration, of the base branch, clean tree, whole. Failed ones too: such
// runs make a trend.
bool may_be_shown(const model::Run& candidate, const model::Run& run, const std::string& probe,
                  const std::string& base_branch);

// Whether `candidate` may stand in the baseline of `run` for what the probe with the id `probe` measures:
// complete, of the base branch and one of its commits that HEAD stands on, same project, comparability key
// and probe configuration, clean tree, whole, not waived, verdict not fail.
bool may_be_baseline(const model::Run& candidate, const model::Run& run, const std::string& probe,
                     const std::string& base_branch, std::span<const std::string> base_commits);

// `candidates` newest first. `acceptances` are those whose selector covers the series in question: runs not
// newer than the latest of them that still holds at the run's start do not count.
BaselineRuns select_baseline(const model::Run& run, std::span<const model::Run> candidates,
                             const std::string& probe, const std::string& base_branch,
                             std::span<const std::string> base_commits,
                             std::span<const evidence::Acceptance> acceptances);

}  // namespace plimsoll::pipeline
