// Is the newest value of a history the start of a worse level? The question of a gate, which is asked anew at
// every value and so must not cry wolf.
//
// The level before it comes from find_change_points on all but the newest few values, its slow drift drawn
// out to them. Then the newest one, two, three and four values are each asked whether nothing but noise could
// have put them this high above that level: alone it must be further out than anything that the history
// shows; of several all must be far out, from three on all but one. What is only one value is confirmed by
// the next: in a pipeline, by running the benchmark again.
#pragma once

#include <cstddef>
#include <span>

#include "plimsoll/stats/intervals.h"

namespace plimsoll::stats {

// What the newest two or three values say together, whatever the tails of the noise are: were their order
// among the history's chance, all of them would lie this far up with probability
// (s + 1) (s + 2) … (s + k) / ((n + 1) … (n + k)), where s of n earlier values lie above the lowest of the k.
// Exact for exchangeable values; correlated ones are counted as fewer, and two looks as two.
struct Confirmation {
  std::size_t rows = 0;    // 2 or 3; 0: there are not that many
  double shift = 0;        // their median
  Interval interval = {};  // of the shift, 95 % two-sided
  double p = 1;
};

struct NewestLevel {
  bool missing = false;    // the newest value is
  std::size_t n_base = 0;  // values of the history that it is judged by
  std::size_t rows = 1;    // of the new level: the newest 1 to 4, whichever speak clearest
  double level = 0;        // before, at the newest value
  double shift = 0;        // of the new level, from there: the median of its values
  Interval interval = {};  // of the shift, 95 % two-sided
  double p = 1;            // P(so far above, by noise alone); of `rows` values
  double noise = 0;        // standard deviation of one value
  double detectable = 0;   // the shift that one value alone shows four times of five
  Confirmation confirmed;
};

// Below this many values before the newest one it says nothing.
inline constexpr std::size_t least_history = 10;

// An alarm needs a p up to this: less of a single value, which may be an outlier as yet unseen.
constexpr double newest_level_alarm(std::size_t rows) {
  return rows == 1 ? 0.0025 : 0.0075;
}

// P(alarm | nothing changed) at one value, at most: four looks. Far less where the noise is far below the
// bounds.
inline constexpr double newest_level_false_alarms = newest_level_alarm(1) + 3 * newest_level_alarm(2);

// Logarithms, larger is worse; in order of time, NaN is missing, all others are finite. n_base below
// least_history: nothing else is set.
NewestLevel judge_newest(std::span<const double> values);

// What a gate says of it.
enum class GateStatus { pass, warn, fail, unconfirmed, too_few, missing };

// Bounds are relative worsenings, above 0. Fail: the shift is beyond `fail` and its interval beyond `warn`,
// at p up to its newest_level_alarm; warn: beyond `warn` and its interval beyond 0. Unconfirmed: it is beyond
// `warn`, and neither change nor noise is excluded. A shift that noise of this history makes often is a pass.
GateStatus gate_status(const NewestLevel& newest, double warn, double fail);

}  // namespace plimsoll::stats
