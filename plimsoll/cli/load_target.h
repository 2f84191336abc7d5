// From the command line of `plimsoll load` to what the engine shall do.
#pragma once

#include "base/error.h"
#include "plimsoll/cli/load_arguments.h"
#include "plimsoll/traffic/live/live_output.h"
#include "plimsoll/traffic/load_plan.h"
#include "plimsoll/traffic/scenario/scenario.h"

namespace plimsoll::cli {

// The scenario file that the target names, or one request to the URL that it is.
base::Result<traffic::ScenarioFile> scenario_of(const LoadArguments& arguments);

// The scenario with what the options say about its shape, address, headers and generator. Several scenarios
// at once have shapes of their own: only their length, warm-up and time-out can be said for all.
base::Result<traffic::LoadPlan> plan_of(const LoadArguments& arguments, traffic::ScenarioFile file);

// Who is told while it runs; nobody by default.
base::Result<traffic::LiveOptions> live_options_of(const LoadArguments& arguments);

}  // namespace plimsoll::cli
