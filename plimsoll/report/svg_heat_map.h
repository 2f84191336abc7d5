// Latency over time as a heat map, static SVG: one column a slice of time, one row a step of latency on a
// logarithmic scale, darker where more of that time's requests lie; above it a strip of the failed ones.
#pragma once

#include <string>

#include "plimsoll/model/load_picture.h"
#include "plimsoll/report/markup.h"

namespace plimsoll::report {

// Empty where there is nothing to draw. `title` and `description` are what a screen reader says.
Markup heat_map(const model::LoadPicture& picture, const std::string& title, const std::string& description);

// The scale of its colours, for its caption: "of a slice's requests: █ 1 % █ 5 % …".
Markup heat_scale();

}  // namespace plimsoll::report
