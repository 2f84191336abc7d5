// The first plimsoll.yaml of a repository.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "base/error.h"
#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan {

// The text of a plan, with comments, made of what the kinds detect below `root`; read_plan accepts it there.
// not_found where they detect nothing: a plan that measures nothing would be worse than none.
base::Result<std::string> init_plan(const std::filesystem::path& root, std::span<const ProbeKind> kinds);

}  // namespace plimsoll::plan
