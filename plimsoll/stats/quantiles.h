// Location, spread and order statistics of a sample. Every function of an empty span (or of too few values)
// is NaN; infinities are ordinary values (a request that never ended is +inf), a NaN among the values is the
// caller's mistake.
#pragma once

#include <span>
#include <vector>

namespace plimsoll::stats {

// The values in ascending order.
std::vector<double> sorted(std::span<const double> values);

// The smallest value with at least p of the sample at or below it; always a value that was seen. p in [0, 1].
// (Hyndman, Fan 1996, "Sample quantiles in statistical packages", type 1.)
double nearest_rank(std::span<const double> ascending, double p);

// Linear interpolation at rank 1 + (n - 1) p (type 7 there; the default of R and NumPy). p in [0, 1].
double quantile(std::span<const double> ascending, double p);

// The middle value, or the mean of the two middle ones. Any order.
double median(std::span<const double> values);

// Sums with Neumaier's compensation.
double mean(std::span<const double> values);

// With n - 1 below; NaN for fewer than two values.
double variance(std::span<const double> values);
double stddev(std::span<const double> values);

// Median absolute deviation from the median, times 1.4826: it estimates the standard deviation of Gaussian
// noise.
double scaled_mad(std::span<const double> values);

// Natural logarithms; NaN for values that are not above zero.
std::vector<double> logs(std::span<const double> values);

// The correlation of neighbours: sum (x_i - mean)(x_{i+1} - mean) / sum (x_i - mean)^2, corrected for its
// bias of
// -(1 + 3 rho) / n (Kendall 1954, "Note on bias in the estimation of autocorrelation"), so it may pass 1 a
// little. NaN for fewer than three values, 0 where all are equal.
double lag1_autocorrelation(std::span<const double> values);

}  // namespace plimsoll::stats
