// What every section of the plan is read with.
#pragma once

#include <filesystem>
#include <span>

#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/plan/read_plan.h"

namespace plimsoll::plan {

struct ReadContext {
  std::filesystem::path root;  // the plan's folder, absolute
  std::span<const ProbeKind> kinds;
  const ReadOptions& options;
};

}  // namespace plimsoll::plan
