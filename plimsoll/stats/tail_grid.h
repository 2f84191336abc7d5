// The tails that noise is believed to have, as a fixed grid of shapes, on the scale of standard scores (the
// score of a Gaussian residual is normal). A shape is Student's t, scaled to the normal's 2.5 % point, or
// nearly normal noise with a share of hiccups that are several times as wide; each of them in several widths.
// (A residual with the tail t^-nu has a score whose tail is that of a normal of variance df / nu, so both
// kinds of heavy tail are at hand.) Internal to noise_shape.
#pragma once

#include <array>
#include <cstddef>

namespace plimsoll::stats {

inline constexpr std::size_t tail_shapes = 21;
inline constexpr std::size_t tail_widths = 4;
inline constexpr std::size_t tails = tail_shapes * tail_widths;

using TailWeights = std::array<double, tails>;

// What is believed before any evidence; adds up to 1.
const TailWeights& tail_prior();

// log P(score > z) and the log density of tail `index`; z >= 0 (above 38 as at 38).
double log_tail_above(std::size_t index, double z);
double log_tail_density(std::size_t index, double z);

// From log weights to weights that add up to 1; what is less than a hundred-millionth of the largest becomes
// 0.
void normalise_logs(TailWeights& weights);

}  // namespace plimsoll::stats
