// Is the new run worse than its baseline, and by how much? The heart of every relative judgement.
//
// All values are natural logarithms, signed so that larger is worse (negate where higher is better); a bound
// of 10 % is log 1.10. Inputs must be finite. Levels are held by simulation in
// tests/unit/stats/regression_simulation_test.cpp; the power is in docs/power.md.
#pragma once

#include <cstddef>
#include <span>

#include "plimsoll/stats/intervals.h"
#include "plimsoll/stats/noise_shape.h"

namespace plimsoll::stats {

struct RegressionBounds {
  double warn = 0.10;  // relative worsening, > 0
  double fail = 0.20;  // >= warn
};

struct RegressionResult {
  double estimate = 0;          // log ratio head / baseline level
  Interval interval = {};       // 95 % two-sided, of that log ratio; the whole line with too few runs
  double p_warn = 1;            // one-sided, of H0: ratio <= 1 + warn
  double p_fail = 1;            // one-sided, of H0: ratio <= 1 + fail
  double false_alarm_rate = 0;  // P(interval.lo > log(1 + warn) | nothing changed), of this test alone
  double detectable = 0;        // the log ratio whose interval excludes `fail` with 80 % power
  double noise = 0;             // estimated standard deviation of one run (of one pair's log ratio)
  std::size_t n_base = 0;       // baseline runs, or pairs
};

// One new run against m >= 3 runs of the baseline, newest first: the prediction interval of a new value, with
// the variance inflated for autocorrelation and slow drift (Bayley, Hammersley 1946, "The effective number of
// independent observations in an autocorrelated time series") and tails as `shape` has them. The scale is the
// standard deviation, not a robust one: outliers that happen must widen the interval.
RegressionResult unpaired_regression(std::span<const double> baseline, double head, const NoiseShape& shape,
                                     RegressionBounds bounds = {});

// Interleaved blocks: log ratios head / base of n >= 2 pairs. Student's t on the mean, effective n for
// autocorrelated blocks from 10 pairs on. Outliers and heavy tails on both sides make it conservative, not
// wrong.
RegressionResult paired_regression(std::span<const double> log_ratios, RegressionBounds bounds = {});

// The status by the interval alone: lo > fail, else lo > warn, else hi < fail is pass, else inconclusive; the
// family's adjusted p-values come on top (pipeline).
enum class RegressionStatus { pass, warn, fail, inconclusive };
RegressionStatus regression_status(const Interval& log_ratio, RegressionBounds bounds);

}  // namespace plimsoll::stats
