// Does a quantity that is sampled over time rise evenly, and how fast? Made for leaks: memory that is
// collected (a sawtooth), caches that fill and level off, and single jumps are no leak.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "plimsoll/stats/trend.h"

namespace plimsoll::stats {

enum class RiseShape {
  even,     // nothing speaks against a straight line
  slowing,  // a curve that levels off explains it better: something that fills up
  jump      // one step explains it better than a line
};

struct Rise {
  Slope slope;      // y per unit of x, of the even tail; interval two-sided
  double from = 0;  // x at which that tail begins: what lies before is warm-up
  RiseShape shape = RiseShape::even;
  bool beats_a_jump = false;      // a line explains the tail better than any single step does
  std::size_t blocks = 0;         // that the tail's slope was drawn from
  double variance_inflation = 1;  // what autocorrelation cost
};

// The range of x is cut into at most 48 blocks of equal length with the median of each (outliers and quick
// saw teeth vanish). Of the tails that begin at 0, 1/4 and 1/2 of the range the longest one is taken that is
// even; where none is, the shortest, with the shape that says so. Its slope is Theil's and Sen's (trend.h);
// the interval is widened for autocorrelation by the larger of Hamed's and Rao's inflation and that of a
// first-order process, (1 + r) / (1 - r) with Kendall's corrected r, and by Student's t for as many
// independent points as are left. A tail is not even where one step (two medians), or one of seven curves
// that level off, leaves a smaller sum of absolute residuals than the line, counted as two parameters more
// (Schwarz 1978, "Estimating the dimension of a model", for Laplacian noise).
// Nothing for fewer than 24 points or blocks. x ascending; a y that is not finite is left out. Held in
// simulation: tests/unit/stats/rise_simulation_test.cpp.
std::optional<Rise> even_rise(std::span<const double> x, std::span<const double> y, double confidence = 0.95);

}  // namespace plimsoll::stats
