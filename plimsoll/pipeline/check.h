// The whole path of a verdict: plan → gather → keep → judge → tell.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/model/snapshot.h"
#include "plimsoll/pipeline/progress.h"
#include "plimsoll/pipeline/schedule.h"
#include "plimsoll/plan/plan.h"

namespace plimsoll::pipeline {

struct CheckOptions {
  std::filesystem::path program;  // this program: its own probe runner
  Choice choice;                  // --only, --skip, --profile, --budget
  std::string base;               // --base REV: measured interleaved with this tree, needs no history
};

// Runs the plan's probes, keeps what they saw in the store, judges it and answers. The run and its snapshot
// are in the store when it returns. Errors are those that leave no verdict at all: cancelled (an interrupt;
// the run is aborted), the store's, invalid_argument (no such revision, no such probe). Everything else is a
// verdict.
base::Result<model::Snapshot> check(const plan::Plan& plan, const CheckOptions& options,
                                    evidence::EvidenceStore& store, Progress& progress);

}  // namespace plimsoll::pipeline
