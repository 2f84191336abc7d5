// Units as benchmark tools write them, in ours.
#pragma once

#include <string>
#include <string_view>

#include "plimsoll/model/series.h"

namespace plimsoll::formats {

struct MeasureUnit {
  std::string name;  // of a series: "seconds", "bytes", "per_second", …
  double scale = 1;  // a value of the tool times this is one of ours
  model::Better better = model::Better::neither;

  bool operator==(const MeasureUnit&) const = default;
};

// `ns us µs ms s sec min h`, `B … GiB`, `%`; of an operation: `ms/op`, `B/op`, `allocs/op`; by time: `ops/ms`
// and `MB/s` are higher-is-better, per second. Our own names stand for themselves. Anything else is kept as
// it stands, neither better.
MeasureUnit measure_unit(std::string_view written);

// Whether the unit is one of those named above.
bool is_known_unit(std::string_view written);

}  // namespace plimsoll::formats
