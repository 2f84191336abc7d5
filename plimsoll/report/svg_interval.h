// The picture in a judgement's row: its interval against its bound.
#pragma once

#include "plimsoll/model/judgement.h"
#include "plimsoll/report/markup.h"

namespace plimsoll::report {

// A linear scale with the side of the bound that passes tinted, the interval as a bar, the estimate as a dot,
// an arrow where the interval has no end, and for changes a thin mark at "no change". Empty where there is
// nothing to draw.
Markup interval_picture(const model::Judgement& judgement);

}  // namespace plimsoll::report
