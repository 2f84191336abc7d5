// The picture of one trend.
#pragma once

#include <string>

#include "plimsoll/model/snapshot.h"
#include "plimsoll/report/markup.h"

namespace plimsoll::report {

// Runs stand at equal distances: what counts is their order. `style` is the class of the newest dot; wide
// pictures show levels and changes. Values far outside the noise are drawn at the edge, so that they do not
// flatten the rest. Empty where no point is finite.
Markup draw_trend(const model::History& history, const std::string& style, bool wide,
                  const std::string& description);

// "worse", "better", or of a series without a direction "moved".
std::string change_tone(const model::History& history, const model::Effect& effect);
std::string change_word(const model::History& history,
                        const model::Effect& effect);  // "higher", "lower" there

std::string day_text(double unix_seconds);  // "2026-11-23"

}  // namespace plimsoll::report
