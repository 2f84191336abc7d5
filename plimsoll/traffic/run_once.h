// One flow, once, by one user: set-up and tear-down.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/traffic/load_plan.h"

namespace plimsoll::traffic {

// Takes the steps of the plan's first flow on one connection (or as many as the server closes). What the
// variables hold afterwards, by slot. unavailable where a step failed: `what`, the step's name, the status
// and first bytes of its response; invalid_argument where the target is not allowed.
base::Result<std::vector<std::string>> run_once(const LoadPlan& plan, const std::string& what);

}  // namespace plimsoll::traffic
