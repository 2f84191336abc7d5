// The levels of one series over time: where they changed, by how much, and whether they creep.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "plimsoll/model/judgement.h"
#include "plimsoll/model/series.h"

namespace plimsoll::model {

struct LevelChange {
  std::size_t index = 0;  // of the first row of the new level
  Effect effect;          // new / old; new - old where the series has values that are not above 0
  bool operator==(const LevelChange&) const = default;
};

// Between two changes.
struct LevelStretch {
  std::size_t begin = 0, end = 0;       // rows, one past the last
  double level = 0, low = 0, high = 0;  // in its middle, with its 95 % interval
  bool operator==(const LevelStretch&) const = default;
};

struct LevelHistory {
  std::string name;
  Better better = Better::lower;
  std::size_t points = 0;            // values that are there
  std::vector<LevelChange> changes;  // in order of time
  std::optional<Effect> trend;       // a slow ramp under the levels, of 100 rows; none where none is certain
  std::vector<LevelStretch> stretches;  // one more than changes; none where there is too little to say
  bool operator==(const LevelHistory&) const = default;
};

// Whether more is worse here: an effect above 1 (or a difference above 0) is one for the worse.
inline bool is_worse(const Effect& effect, Better better) {
  const double none = effect.kind == EffectKind::ratio ? 1 : 0;
  const double estimate = effect.estimate.value_or(none);
  return better == Better::higher ? estimate < none : estimate > none;
}

}  // namespace plimsoll::model
