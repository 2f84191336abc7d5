// `plimsoll load --find-limit`: how much load the target bears.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/cli/load_arguments.h"
#include "plimsoll/model/rule.h"
#include "plimsoll/traffic/load_plan.h"

namespace plimsoll::cli {

// Steps through rates (traffic/find_limit.h) with the plan's requests, each step as long as -d says (5s),
// from -r on (100). A step breaks where a rule is violated, by its interval or, where that is astride, by its
// value; or where fewer than nine of ten due requests a second are answered. Without rules
// `load.latency p95 < 200ms` and `load.errors < 1%` are asked. Prints the knee with its interval, or what
// came before it; the result is the exit code: 0 where the knee was found, 3 where the generator, the
// highest rate or a service that does not answer came first.
base::Result<int> find_limit(const LoadArguments& arguments, const traffic::LoadPlan& plan,
                             std::vector<model::Rule> rules, const std::string& scenario);

}  // namespace plimsoll::cli
