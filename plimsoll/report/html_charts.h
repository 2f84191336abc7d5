// Pictures of the series over the time of this run.
#pragma once

#include "plimsoll/model/snapshot.h"
#include "plimsoll/report/markup.h"

namespace plimsoll::report {

// Empty where there is nothing to draw.
Markup timelines_section(const model::Snapshot& snapshot);

}  // namespace plimsoll::report
