// Pictures over time: the series of this run, and judged statistics over earlier runs.
#pragma once

#include "plimsoll/model/snapshot.h"
#include "plimsoll/report/markup.h"

namespace plimsoll::report {

// Both empty where there is nothing to draw.
Markup timelines_section(const model::Snapshot& snapshot);
Markup histories_section(const model::Snapshot& snapshot);

}  // namespace plimsoll::report
