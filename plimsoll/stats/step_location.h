// The exact place of a step whose rough place is known, by likelihood under the noise as it is.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace plimsoll::stats {

// The negative log density of noise, learnt from a sample of it: a histogram smoothed by a Gaussian kernel
// (Silverman 1986, "Density estimation"), with tails of Student's t(3) mixed in at the weight of a few
// values, so that what was never seen is unlikely, not impossible.
class NoiseDensity {
 public:
  // `spread` is a robust standard deviation of the sample, above 0.
  NoiseDensity(std::span<const double> sample, double spread);

  double surprise(double x) const;

 private:
  static constexpr std::size_t bins = 96;
  double width_;
  std::array<double, bins> surprise_ = {};
};

// Moves each cut (the first value of a new level) by up to `reach` values, at least `least` away from its
// neighbours, to where the innovations y_t - m_t - r (y_{t-1} - m_{t-1}) of AR(1) noise about the levels m
// are least surprising.
void locate_steps(std::span<const double> values, std::vector<std::size_t>& cuts,
                  std::span<const double> levels, double autocorrelation, double spread, std::size_t least);

}  // namespace plimsoll::stats
