// How a load went: latency over time as a heat map, its percentile spectrum, failures over time, and what the
// server used meanwhile.
#pragma once

#include "plimsoll/model/snapshot.h"
#include "plimsoll/report/markup.h"

namespace plimsoll::report {

// Empty where the run has no load.
Markup load_section(const model::Snapshot& snapshot);

}  // namespace plimsoll::report
