// Where the marks of an axis stand, and what is written at them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::report {

struct Tick {
  double at = 0;
  std::string label;
};

// Up to about `wanted` round numbers within [low, high], round in the unit that they are written in
// (milliseconds, minutes, MiB …). Nothing where low and high are not finite or not in order.
std::vector<Tick> ticks(double low, double high, std::string_view unit, int wanted);

// The number at an axis: with its unit where that is short by nature (time, size, share), else bare.
std::string axis_label(double value, std::string_view unit);

// Whether the axis needs the unit written beside it.
bool needs_unit(std::string_view unit);

}  // namespace plimsoll::report
