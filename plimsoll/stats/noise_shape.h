// How heavy are the tails of run-to-run noise? Twenty runs of one series cannot tell what happens once in ten
// thousand, but all series of a family together can: their leave-one-out residuals are pooled, and every
// series' p-values are read off the tail that was really seen. Bonferroni and Holm need the mean of the tail
// probabilities only, so a pooled tail is enough.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace plimsoll::stats {

// Standard scores: a residual from a Gaussian series, brought from Student's t with its degrees of freedom to
// the normal distribution by equal tail probability. Finite for every finite t.
double standard_score(double t, double degrees_of_freedom);
double from_standard_score(double z, double degrees_of_freedom);

// One side of a distribution of standard scores: a mixture of Student distributions, all scaled to the
// normal's 2.5 % point, weighed by how well they explain the scores beyond 1.5 (Bayes on a grid). Unfitted,
// it is the prior: tails about as heavy as t(4) to t(6).
class NoiseTail {
 public:
  NoiseTail();

  // `beyond` are the scores above `threshold()`, `within` the number of those that are not; each counts as
  // `weight` of an independent one, in [0, 1].
  NoiseTail(std::span<const double> beyond, double within, double weight);

  static constexpr double threshold() { return 1.5; }

  // P(score > z), for any z; at least 1/2 below 0.
  double above(double z) const;
  // The z with above(z) = p, for p in (0, 1/2).
  double quantile(double p) const;

 private:
  static constexpr std::size_t shapes = 9;
  static constexpr std::size_t scales = 4;

  std::array<double, shapes * scales> weights_;
};

// What the baselines of a family say about its noise.
struct NoiseShape {
  NoiseTail worse;             // towards larger values
  NoiseTail better;            // towards smaller ones
  double autocorrelation = 0;  // of neighbouring runs, the mean over the series, in [0, 0.9]
};

// Standard deviations of log values below this are not told apart: twentieth part of the smallest effect that
// matters.
double noise_floor(double warn);

// Pools the leave-one-out residuals of all series; `baselines` holds the logs of each series' baseline runs,
// newest first, larger is worse. Series with fewer than five runs, or without any variation, say nothing.
// Where whole runs are slow together, residuals of the same position count for less (Kish's design effect).
// No series: the prior.
NoiseShape fit_noise_shape(std::span<const std::span<const double>> baselines, double floor);

}  // namespace plimsoll::stats
