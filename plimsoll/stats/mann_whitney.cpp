#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "plimsoll/stats/distributions.h"
#include "plimsoll/stats/quantiles.h"
#include "plimsoll/stats/two_sample.h"

namespace plimsoll::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t exact_values = 40;

// Both samples ranked together. Ranks are doubled, so that midranks of ties stay whole numbers.
struct Ranking {
  std::vector<std::size_t> doubled;  // of all values in ascending order
  std::size_t head_sum = 0;          // of the doubled ranks of head
  double tie_cubes = 0;              // sum of t^3 - t over the groups of ties
};

Ranking rank_together(std::span<const double> base, std::span<const double> head, double delta0) {
  std::vector<std::pair<double, bool>> all;
  for (const double x : base) all.emplace_back(x, false);
  for (const double x : head) all.emplace_back(x - delta0, true);
  std::ranges::sort(all);
  Ranking ranking;
  for (std::size_t first = 0; first < all.size();) {
    std::size_t end = first;
    while (end < all.size() && all[end].first == all[first].first) ++end;
    const auto ties = static_cast<double>(end - first);
    ranking.tie_cubes += ties * ties * ties - ties;
    for (std::size_t i = first; i < end; ++i) {
      ranking.doubled.push_back(first + end + 1);
      if (all[i].second) ranking.head_sum += first + end + 1;
    }
    first = end;
  }
  return ranking;
}

// distribution[s] = P(the doubled ranks of `chosen` values drawn at random add up to s).
std::vector<double> rank_sum_distribution(std::span<const std::size_t> doubled, std::size_t chosen) {
  const std::size_t largest = std::accumulate(doubled.begin(), doubled.end(), std::size_t{0});
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(largest + 1, 0.0));
  ways[0][0] = 1;
  for (const std::size_t rank : doubled) {
    for (std::size_t count = chosen; count >= 1; --count) {
      for (std::size_t sum = largest; sum >= rank; --sum) ways[count][sum] += ways[count - 1][sum - rank];
    }
  }
  const double total = std::accumulate(ways[chosen].begin(), ways[chosen].end(), 0.0);
  for (double& way : ways[chosen]) way /= total;
  return std::move(ways[chosen]);
}

void exact_p(const Ranking& ranking, std::size_t n_head, TestResult& result) {
  const auto distribution = rank_sum_distribution(ranking.doubled, n_head);
  const auto at = distribution.begin() + static_cast<std::ptrdiff_t>(ranking.head_sum);
  const double at_least = std::accumulate(at, distribution.end(), 0.0);
  const double at_most = std::accumulate(distribution.begin(), at + 1, 0.0);
  result.p_greater = std::min(1.0, at_least);
  result.p_two_sided = std::min(1.0, 2 * std::min(at_least, at_most));
}

// The standard deviation of U, less for ties.
double deviation_of_u(double n_base, double n_head, double tie_cubes) {
  const double n = n_base + n_head;
  return std::sqrt(n_base * n_head / 12 * (n + 1 - tie_cubes / (n * (n - 1))));
}

void normal_p(const Ranking& ranking, double n_base, double n_head, TestResult& result) {
  const double u = static_cast<double>(ranking.head_sum) / 2 - n_head * (n_head + 1) / 2;
  const double deviation = deviation_of_u(n_base, n_head, ranking.tie_cubes);
  if (!(deviation > 0)) return;
  const double excess = u - n_base * n_head / 2;
  result.p_greater = normal_above((excess - 0.5) / deviation);
  result.p_two_sided = std::min(1.0, 2 * normal_above((std::abs(excess) - 0.5) / deviation));
}

// The largest k with P(U < k) <= tail where nothing is tied: the k-th differences from both ends bound the
// shift.
std::size_t rank_of_bound(std::size_t n_base, std::size_t n_head, double tail) {
  if (n_base + n_head > exact_values) {
    const auto nb = static_cast<double>(n_base);
    const auto nh = static_cast<double>(n_head);
    const double rank = nb * nh / 2 - normal_point_above(tail) * deviation_of_u(nb, nh, 0) - 0.5;
    return rank > 0 ? static_cast<std::size_t>(rank) : 0;
  }
  std::vector<std::size_t> doubled(n_base + n_head);
  for (std::size_t i = 0; i < doubled.size(); ++i) doubled[i] = 2 * (i + 1);
  const auto distribution = rank_sum_distribution(doubled, n_head);
  const std::size_t least = n_head * (n_head + 1);
  double below = 0;
  std::size_t k = 0;
  while (below + distribution[least + 2 * k] <= tail) below += distribution[least + 2 * k++];
  return k;
}

}  // namespace

TestResult mann_whitney(std::span<const double> base, std::span<const double> head, TestOptions options) {
  TestResult result{.estimate = std::numeric_limits<double>::quiet_NaN(),
                    .interval = {-infinity, infinity},
                    .n = head.size(),
                    .n_base = base.size()};
  if (base.empty() || head.empty()) return result;
  std::vector<double> shifts;
  shifts.reserve(base.size() * head.size());
  for (const double h : head) {
    for (const double b : base) shifts.push_back(h - b);
  }
  std::ranges::sort(shifts);
  result.estimate = quantile(shifts, 0.5);
  const std::size_t rank = rank_of_bound(base.size(), head.size(), (1 - options.confidence) / 2);
  if (rank > 0) result.interval = {shifts[rank - 1], shifts[shifts.size() - rank]};
  const Ranking ranking = rank_together(base, head, options.delta0);
  if (base.size() + head.size() <= exact_values) {
    exact_p(ranking, head.size(), result);
  } else {
    normal_p(ranking, static_cast<double>(base.size()), static_cast<double>(head.size()), result);
  }
  return result;
}

}  // namespace plimsoll::stats
