#include "plimsoll/stats/level_search.h"

#include <algorithm>
#include <cmath>

namespace plimsoll::stats {
namespace {

// Intervals shorter than this show nothing that a longer one does not.
constexpr std::size_t shortest_interval = 8;
// Candidates pass this share of the final threshold.
constexpr double candidate_share = 0.75;
constexpr int most_rounds = 8;

std::size_t end_of(const std::vector<std::size_t>& cuts, std::size_t i, std::size_t n) {
  return i + 1 < cuts.size() ? cuts[i + 1] : n;
}
std::size_t begin_of(const std::vector<std::size_t>& cuts, std::size_t i) {
  return i == 0 ? 0 : cuts[i - 1];
}

}  // namespace

LevelSearch::LevelSearch(std::span<const double> values, std::size_t least)
    : values_(values),
      least_(least),
      origin_(values.empty() ? 0 : values.front()),
      sum_(values.size() + 1),
      reciprocal_(values.size() + 1) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum_[i + 1] = sum_[i] + (values[i] - origin_);
    reciprocal_[i + 1] = 1 / static_cast<double>(i + 1);
  }
  if (values.size() >= 2 * least) seeds_ = seeds();
}

std::vector<std::size_t> LevelSearch::cuts(const HistoryNoise& noise, double threshold) const {
  if (values_.size() < 2 * least_) return {};
  const double low = candidate_share * threshold;
  std::vector<std::size_t> cuts = candidates(low * low * noise.variance * noise.inflation(20));
  bool unsettled = true;
  for (int round = 0; round <= most_rounds; ++round) {
    unsettled = settle(cuts);
    const std::size_t before = cuts.size();
    drop_weak(cuts, noise, threshold);
    unsettled = unsettled || cuts.size() != before;
    if (round == most_rounds || !add_missed(cuts, noise, threshold)) break;
    unsettled = true;
  }
  if (unsettled) settle(cuts);
  return cuts;
}

double LevelSearch::score(std::size_t begin, std::size_t cut, std::size_t end,
                          const HistoryNoise& noise) const {
  const auto left = static_cast<double>(cut - begin);
  const auto right = static_cast<double>(end - cut);
  const double variance = noise.variance * (noise.inflation(left) / left + noise.inflation(right) / right);
  return std::abs(mean(begin, cut) - mean(cut, end)) / std::sqrt(variance);
}

std::vector<double> LevelSearch::levels(std::span<const std::size_t> cuts) const {
  std::vector<double> levels;
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    levels.push_back(mean(begin, cut));
    begin = cut;
  }
  levels.push_back(mean(begin, values_.size()));
  return levels;
}

double LevelSearch::residual_sum(std::span<const std::size_t> cuts) const {
  double squares = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t end = i < cuts.size() ? cuts[i] : values_.size();
    const double level = mean(begin, end);
    for (std::size_t k = begin; k < end; ++k) squares += (values_[k] - level) * (values_[k] - level);
    begin = end;
  }
  return squares;
}

LevelSearch::Split LevelSearch::best_split(std::size_t begin, std::size_t end, std::size_t margin) const {
  const std::size_t n = end - begin;
  if (n < 2 * margin) return {};
  const double origin = sum_[begin];
  const double level = (sum_[end] - origin) * reciprocal_[n];
  Split best;
  for (std::size_t left = margin; left + margin <= n; ++left) {
    const double off = sum_[begin + left] - origin - level * static_cast<double>(left);
    const double gain = off * off * reciprocal_[left] * reciprocal_[n - left];
    if (gain > best.gain) best = {begin + left, gain};
  }
  best.gain *= static_cast<double>(n);
  return best;
}

// The gain of an interval's best split. `weights` are n / (left (n - left)) of every split, the same for all
// intervals of that length; two lanes, since this loop is most of the search.
double LevelSearch::best_gain(std::size_t begin, std::span<const double> weights) const {
  using Lanes = double __attribute__((vector_size(16)));
  const std::size_t n = weights.size() + 1;
  const double* const sum = sum_.data() + begin;
  const double level = (sum[n] - sum[0]) * reciprocal_[n];
  const Lanes origin = {sum[0], sum[0]};
  Lanes line = {level, 2 * level};
  Lanes best = {0, 0};
  std::size_t left = 1;
  for (; left + 1 < n; left += 2) {
    const Lanes off = Lanes{sum[left], sum[left + 1]} - origin - line;
    const Lanes gain = off * off * Lanes{weights[left - 1], weights[left]};
    best = gain > best ? gain : best;
    line += 2 * level;
  }
  double most = std::max(best[0], best[1]);
  if (left < n) {
    const double off = sum[left] - sum[0] - level * static_cast<double>(left);
    most = std::max(most, off * off * weights[left - 1]);
  }
  return most;
}

// Every seeded interval, the narrowest first. They do not depend on the noise.
std::vector<LevelSearch::Seed> LevelSearch::seeds() const {
  const std::size_t n = values_.size();
  std::vector<Seed> seeds;
  std::vector<double> weights;
  for (std::size_t length = std::min(n, shortest_interval);; length = std::min(n, length * 2)) {
    weights.clear();
    for (std::size_t left = 1; left < length; ++left)
      weights.push_back(static_cast<double>(length) * reciprocal_[left] * reciprocal_[length - left]);
    for (std::size_t begin = 0; begin + length <= n; begin += length / 2)
      seeds.push_back({begin, begin + length, best_gain(begin, weights)});
    if (n > length) seeds.push_back({n - length, n, best_gain(n - length, weights)});
    if (length == n) return seeds;
  }
}

std::vector<std::size_t> LevelSearch::candidates(double least_gain) const {
  std::vector<std::size_t> cuts;
  for (const Seed& seed : seeds_) {
    if (seed.gain <= least_gain) continue;
    const auto inside = std::ranges::upper_bound(cuts, seed.begin);
    if (inside != cuts.end() && *inside < seed.end) continue;
    const Split split = best_split(seed.begin, seed.end, 1);
    // A step at the very edge of an interval belongs to the next one.
    if (split.at < seed.begin + least_ || split.at + least_ > seed.end) continue;
    cuts.insert(inside, split.at);
  }
  return cuts;
}

void LevelSearch::drop_weak(std::vector<std::size_t>& cuts, const HistoryNoise& noise,
                            double threshold) const {
  const auto strength = [&](std::size_t i) {
    return score(begin_of(cuts, i), cuts[i], end_of(cuts, i, values_.size()), noise);
  };
  std::vector<double> strengths;
  for (std::size_t i = 0; i < cuts.size(); ++i) strengths.push_back(strength(i));
  while (!cuts.empty()) {
    const auto weakest = std::ranges::min_element(strengths);
    if (*weakest >= threshold) return;
    const auto i = static_cast<std::size_t>(weakest - strengths.begin());
    cuts.erase(cuts.begin() + static_cast<std::ptrdiff_t>(i));
    strengths.erase(weakest);
    if (i > 0) strengths[i - 1] = strength(i - 1);
    if (i < cuts.size()) strengths[i] = strength(i);
  }
}

// Every cut to the best place between its neighbours; whether one moved.
bool LevelSearch::settle(std::vector<std::size_t>& cuts) const {
  bool moved = false;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const Split split = best_split(begin_of(cuts, i), end_of(cuts, i, values_.size()), least_);
    if (split.gain <= 0 || split.at == cuts[i]) continue;
    cuts[i] = split.at;
    moved = true;
  }
  return moved;
}

bool LevelSearch::add_missed(std::vector<std::size_t>& cuts, const HistoryNoise& noise,
                             double threshold) const {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : cuts[i - 1];
    const std::size_t end = i < cuts.size() ? cuts[i] : values_.size();
    const Split split = best_split(begin, end, least_);
    if (split.gain > 0 && score(begin, split.at, end, noise) >= threshold) all.push_back(split.at);
    if (i < cuts.size()) all.push_back(cuts[i]);
  }
  const bool added = all.size() > cuts.size();
  cuts = std::move(all);
  return added;
}

}  // namespace plimsoll::stats
