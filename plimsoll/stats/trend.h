// Does a series rise or fall, and how fast? Robust against outliers and, in the test, against
// autocorrelation.
#pragma once

#include <cstddef>
#include <span>

#include "plimsoll/stats/intervals.h"

namespace plimsoll::stats {

struct Slope {
  double slope = 0;        // y per unit of x
  double intercept = 0;    // median of y - slope x
  Interval interval = {};  // the whole line for fewer than three points
};

// The median of all pairwise slopes (Theil 1950; Sen 1968, with its interval from the ranks of the slopes,
// tie-corrected, widened by `variance_inflation`, which mann_kendall estimates). x and y of one length, x not
// all equal (else NaN); time n^2 log n.
Slope theil_sen(std::span<const double> x, std::span<const double> y, double confidence = 0.95,
                double variance_inflation = 1);

struct TrendTest {
  double tau = 0;  // Kendall's tau-a of value and time
  double p_two_sided = 1;
  double p_increasing = 1;        // one-sided, of H0: no rise
  double variance_inflation = 1;  // >= 1: what autocorrelation costs
};

// Mann 1945, Kendall 1975 on values in order of time, with tie correction; the variance is inflated by the
// significant autocorrelations of the ranks of the detrended values (Hamed, Rao 1998, "A modified
// Mann-Kendall trend test for autocorrelated data"), never deflated. p is 1 for fewer than four values; time
// n^2 log n.
TrendTest mann_kendall(std::span<const double> values);

}  // namespace plimsoll::stats
