// Steps between constant levels, by sums of squares on values whose outliers were drawn in.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "plimsoll/stats/history_noise.h"

namespace plimsoll::stats {

// Finds where the mean changes. Candidates are the best splits of a fixed family of intervals of all scales
// (Kovacs, Li, Bühlmann, Munk 2023, "Seeded binary segmentation"), the narrowest first (Baranowski, Chen,
// Fryzlewicz 2019, "Narrowest-over-threshold detection"), at a low threshold; then the weakest is dropped,
// again and again, until all that are left pass the threshold between their whole neighbouring levels.
class LevelSearch {
 public:
  // Keeps a reference to the values.
  LevelSearch(std::span<const double> values, std::size_t least);

  // First values of the levels but the first, ascending.
  std::vector<std::size_t> cuts(const HistoryNoise& noise, double threshold) const;

  double mean(std::size_t begin, std::size_t end) const {
    return origin_ + (sum_[end] - sum_[begin]) / static_cast<double>(end - begin);
  }
  std::vector<double> levels(std::span<const std::size_t> cuts) const;
  // Standard errors between the means of [begin, cut) and [cut, end).
  double score(std::size_t begin, std::size_t cut, std::size_t end, const HistoryNoise& noise) const;
  // Sum of squares about the levels.
  double residual_sum(std::span<const std::size_t> cuts) const;

 private:
  struct Split {
    std::size_t at = 0;
    double gain = 0;  // by which the sum of squares falls
  };
  Split best_split(std::size_t begin, std::size_t end, std::size_t margin) const;
  double best_gain(std::size_t begin, std::span<const double> weights) const;
  struct Seed {
    std::size_t begin = 0, end = 0;
    double gain = 0;  // of its best split
  };
  std::vector<Seed> seeds() const;
  std::vector<std::size_t> candidates(double least_gain) const;
  void drop_weak(std::vector<std::size_t>& cuts, const HistoryNoise& noise, double threshold) const;
  bool settle(std::vector<std::size_t>& cuts) const;
  bool add_missed(std::vector<std::size_t>& cuts, const HistoryNoise& noise, double threshold) const;

  std::span<const double> values_;
  std::size_t least_;
  double origin_;                   // sums are about it, so that nearly equal numbers lose no digits
  std::vector<double> sum_;         // of the first i values
  std::vector<double> reciprocal_;  // 1 / i
  std::vector<Seed> seeds_;
};

}  // namespace plimsoll::stats
