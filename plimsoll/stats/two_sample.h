// Is head larger than base, and by how much? Tests of a shift, each with an estimate and an interval that
// inverts the test.
#pragma once

#include <cstddef>
#include <span>

#include "base/random.h"
#include "plimsoll/stats/intervals.h"

namespace plimsoll::stats {

struct TestOptions {
  double delta0 = 0;  // the shift of the null hypothesis
  double confidence = 0.95;
};

// With too few values (named at each test) the estimate is what there is, the interval the whole line, both p
// are 1.
struct TestResult {
  double estimate = 0;     // of the shift head - base
  Interval interval = {};  // two-sided
  double p_greater = 1;    // one-sided, of H0: shift <= delta0
  double p_two_sided = 1;  // of H0: shift == delta0
  std::size_t n = 0;       // values of head, or pairs
  std::size_t n_base = 0;  // values of base, or pairs
};

// Difference of means with unequal variances (Welch 1947); at least two values a side.
TestResult welch_t(std::span<const double> base, std::span<const double> head, TestOptions options = {});

// The same on logarithms: estimate, interval and delta0 are log ratios head / base. All values above zero.
TestResult welch_t_log(std::span<const double> base, std::span<const double> head, TestOptions options = {});

// Mann, Whitney 1947, with midranks for ties; the shift by Hodges, Lehmann 1963. Exact (conditional on the
// ties) up to 40 values in all, else normal with tie and continuity correction. At least one value a side;
// time and space n_base × n.
TestResult mann_whitney(std::span<const double> base, std::span<const double> head, TestOptions options = {});

// One-sample t on the differences (or log ratios) of pairs; at least two.
TestResult paired_t(std::span<const double> differences, TestOptions options = {});

// paired_t of log(head_i / base_i): as many of the one as of the other, all above zero.
TestResult paired_t_log(std::span<const double> base, std::span<const double> head, TestOptions options = {});

// Flips the signs of the differences: all 2^n ways up to n = 14, else `draws` random ones. Assumes symmetry
// only. p is never below 2^-n, so it cannot reach strict levels with few pairs. The interval: order
// statistics of the means of subsets (Hartigan 1969, "Using subsample values as typical values"). At least
// one pair.
TestResult paired_permutation(std::span<const double> differences, base::Random& random,
                              TestOptions options = {}, std::size_t draws = 20'000);

// The sign test: the shift is the median of the differences; differences equal to delta0 are left out of p.
// At least one pair.
TestResult paired_sign(std::span<const double> differences, TestOptions options = {});

}  // namespace plimsoll::stats
