// The noise of a history whose level may have changed a few times, anywhere.
#pragma once

#include <span>
#include <vector>

namespace plimsoll::stats {

// What stands further than three standard deviations (by the median of the differences of neighbours) from
// the ninther of its neighbourhood is drawn in to there (after Hampel 1974, "The influence curve and its role
// in robust estimation"; Tukey 1978, "The ninther"). `resolution` is the least standard deviation. Fewer than
// nine values stay as they are.
std::vector<double> draw_in_outliers(std::span<const double> values, double resolution);

struct HistoryNoise {
  double variance = 0;         // of one value about its level
  double autocorrelation = 0;  // of neighbours, in [0, 0.8]

  // How much more the mean of n values varies than if they were independent; AR(1), exact for every whole n.
  double inflation(double n) const;
};

// By differences at distances one and two, which a few steps do not move (Tecuapetla-Gomez, Munk 2017,
// "Autocovariance estimation in regression with a discontinuous signal"): of AR(1) noise E d1^2 = 2 v (1 - r)
// and E d2^2 = 2 v (1 - r^2). At least three values.
HistoryNoise difference_noise(std::span<const double> values, double resolution);

// The same about known levels, free of the steps between them: `cuts` are the first values of the levels but
// the first.
HistoryNoise residual_noise(std::span<const double> values, std::span<const std::size_t> cuts,
                            double resolution);

}  // namespace plimsoll::stats
