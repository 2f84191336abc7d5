// Kinds of probes like the real ones, so that plan/ is tested without them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plimsoll/plan/read_plan.h"

namespace plimsoll::plan {

// load, bench, eval, exec, import, scan.
const std::vector<ProbeKind>& test_kinds();

// Reads with these variables; every store that is a path or postgresql:// is known.
ReadOptions test_options(std::map<std::string, std::string> environment = {});

}  // namespace plimsoll::plan
