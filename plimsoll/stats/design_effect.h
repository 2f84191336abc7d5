// How much less a clustered sample says than an independent one of the same size.
#pragma once

#include <span>

namespace plimsoll::stats {

// k of the n events of one slice of time; 0 <= k <= n.
struct SliceCount {
  double k = 0;
  double n = 0;
};

// A count with the weight that it has after clustering: k/d of n/d.
struct EffectiveCount {
  double k = 0;
  double n = 0;
  double design_effect = 1;
};

// d = max(1, variance of the slices' counts / binomial variance), with slices weighed by their size (the
// ratio estimator of Kish 1965, "Survey sampling", 6.4). 1 where fewer than two slices have events, and where
// none or all events are of kind k.
double design_effect(std::span<const SliceCount> slices);

// The sum of the slices, deflated by their design effect.
EffectiveCount effective_count(std::span<const SliceCount> slices);

}  // namespace plimsoll::stats
