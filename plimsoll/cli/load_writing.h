// `plimsoll load --from-openapi|--from-har`: writes a scenario to start from in place of running one.
#pragma once

#include "base/error.h"
#include "plimsoll/cli/load_arguments.h"

namespace plimsoll::cli {

bool writes_scenario(const LoadArguments& arguments);

// To --output, else to standard output; an existing file is not overwritten. The exit code.
base::Result<int> write_scenario(const LoadArguments& arguments);

}  // namespace plimsoll::cli
