// `check --base REV`: base and head measured in turn, in one job, so that the machine's mood hits both alike.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "plimsoll/pipeline/gather.h"
#include "plimsoll/plan/plan.h"

namespace plimsoll::pipeline {

inline constexpr int interleaved_blocks = 6;  // pairs; the order within them alternates: AB BA AB …

class Interleaved {
 public:
  // Checks the revision out into a temporary worktree, builds it with the plan's `base: {build: …}` and
  // prepares a gatherer there. invalid_argument where git knows no such revision, unavailable where the build
  // failed (its last lines).
  static base::Result<std::unique_ptr<Interleaved>> create(const plan::Plan& plan,
                                                           const std::string& revision,
                                                           const std::filesystem::path& program,
                                                           evidence::RunWriter& writer, Progress& progress);
  ~Interleaved();

  // The group in blocks on both sides. Extendable probes share their duration out over the blocks.
  base::Result<std::vector<model::ProbeRecord>> run(const ProbeGroup& group, Gatherer& head);

 private:
  struct State;
  explicit Interleaved(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace plimsoll::pipeline
