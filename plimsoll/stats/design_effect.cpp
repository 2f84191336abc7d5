#include "plimsoll/stats/design_effect.h"

#include <algorithm>
#include <cstddef>

namespace plimsoll::stats {
namespace {

EffectiveCount total(std::span<const SliceCount> slices) {
  EffectiveCount sum;
  for (const SliceCount& slice : slices) {
    sum.k += slice.k;
    sum.n += slice.n;
  }
  return sum;
}

}  // namespace

double design_effect(std::span<const SliceCount> slices) {
  const EffectiveCount sum = total(slices);
  if (sum.k <= 0 || sum.k >= sum.n) return 1;
  const double share = sum.k / sum.n;
  double squares = 0;
  std::size_t filled = 0;
  for (const SliceCount& slice : slices) {
    if (slice.n <= 0) continue;
    const double excess = slice.k - share * slice.n;
    squares += excess * excess;
    ++filled;
  }
  if (filled < 2) return 1;
  const auto m = static_cast<double>(filled);
  return std::max(1.0, squares * m / (m - 1) / (sum.n * share * (1 - share)));
}

EffectiveCount effective_count(std::span<const SliceCount> slices) {
  EffectiveCount count = total(slices);
  count.design_effect = design_effect(slices);
  count.k /= count.design_effect;
  count.n /= count.design_effect;
  return count;
}

}  // namespace plimsoll::stats
