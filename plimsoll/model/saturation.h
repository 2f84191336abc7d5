// What a load generator that fell behind says nothing about.
#pragma once

#include <string_view>

namespace plimsoll::model {

// Whether a series of this unit is worthless where the generator was saturated: times and rates are its own
// doing then, and so may be what has no known unit. An error, or memory, is one all the same.
inline bool is_spoilt_by_saturation(std::string_view unit) {
  return unit == "seconds" || unit == "per_second" || unit.empty();
}

}  // namespace plimsoll::model
