// How heavy are the tails of run-to-run noise? Twenty runs of one series cannot tell what happens once in ten
// thousand, but all series of a family together can: every baseline run is judged against the others of its
// series as if it were new, and the pool of these residuals says how far noise really reaches. Bonferroni and
// Holm need the mean of the tail probabilities only, so a pooled tail is enough. Calm and wild series have a
// pool each, so that a few wild ones do not blunt the judgement of the others.
#pragma once

#include <cstddef>
#include <span>

#include "plimsoll/stats/tail_grid.h"

namespace plimsoll::stats {

// Standard scores: Student's t with its degrees of freedom, brought to the normal distribution by equal tail
// probability. Finite for every finite t.
double standard_score(double t, double degrees_of_freedom);
double from_standard_score(double z, double degrees_of_freedom);

// Scores from here on tell of the tail; smaller ones are only counted.
inline constexpr double tail_threshold = 1.5;

// One side of a distribution of standard scores: a mixture of the tails of the grid, weighed by how well they
// explain the scores (Bayes on a grid). Without scores it is the prior: about as heavy as t(3) to t(6).
class NoiseTail {
 public:
  NoiseTail();
  // `beyond` are the scores above `tail_threshold`, `within` the number of the others.
  NoiseTail(std::span<const double> beyond, std::size_t within);

  // P(score > z), for any z; never below 1e-300.
  double above(double z) const;
  // The z with above(z) = p, for p in (0, 1/2); at most 38.
  double quantile(double p) const;
  // quantile(0.025), kept.
  double limit() const { return limit_; }

 private:
  TailWeights weights_;
  double limit_ = 0;
};

// The scale of the family's noise, as far as its series agree on one: a variance that weighs as much as `df`
// values.
struct CommonScale {
  double variance = 0;
  double df = 0;
};

// A standard deviation and what it rests on.
struct Scale {
  double stddev = 0;
  double df = 0;
};

// A sample variance on `df` degrees of freedom, drawn towards the common one. The common one never counts for
// more than the sample's own: what all series have in common is not known better than each of them knows it
// where whole runs are slow together.
Scale moderated(double variance, double df, const CommonScale& common);

// Both sides: towards larger values, which are worse, and towards smaller ones.
struct NoiseTails {
  NoiseTail worse;
  NoiseTail better;
};

// What the baselines of a family say about its noise.
struct NoiseShape {
  NoiseTails calm;
  NoiseTails wild;
  CommonScale scale;
  double autocorrelation = 0;  // of neighbouring runs, the mean over the series, in [0, 0.9]

  // The tails of the class that this baseline looks like.
  const NoiseTails& of(std::span<const double> baseline) const;
};

// Smyth 2004, "Linear models and empirical Bayes methods for assessing differential expression": from the
// moments of the logarithms of sample variances, each on its `df`. No common scale (df = 0) for fewer than
// ten series.
CommonScale common_scale(std::span<const Scale> series);

// Whether a value lies more than five standard deviations (scaled_mad) from the median; of fewer than ten
// values, never.
bool looks_wild(std::span<const double> values);

// Standard deviations of log values below this are not told apart: the twentieth part of the smallest effect
// that matters.
double noise_floor(double warn);

// Learns from all series that are judged together; `baselines` holds the logs of each series' baseline runs,
// newest first, larger is worse. A residual counts in the class that the other runs of its series look like,
// as a new run's will. Series with fewer than five runs, or with a standard deviation up to `floor`, say
// nothing. Where whole runs are slow together, the residuals say less than their number, but then the tests
// err together too, and Holm is conservative by as much. No series: the prior.
NoiseShape fit_noise_shape(std::span<const std::span<const double>> baselines, double floor);

}  // namespace plimsoll::stats
