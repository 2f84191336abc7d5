// Intervals for any statistic of a clustered sample: whole clusters (queries, users, runs) are drawn with
// replacement.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "base/random.h"
#include "plimsoll/stats/intervals.h"

namespace plimsoll::stats {

// The statistic of the sample that consists of these clusters; an index may come several times, every one is
// below the number of clusters. Must be finite.
using ClusterStatistic = std::function<double(std::span<const std::size_t> clusters)>;

struct BootstrapOptions {
  std::size_t resamples = 2'000;
  double confidence = 0.95;
};

struct BootstrapResult {
  double estimate = 0;     // the statistic of all clusters, each once
  Interval interval = {};  // the whole line for fewer than two clusters
  std::size_t clusters = 0;
};

// Quantiles of the resampled statistic (Efron, Tibshirani 1993, chapter 13).
BootstrapResult bootstrap_percentile(std::size_t clusters, const ClusterStatistic& statistic,
                                     base::Random& random, BootstrapOptions options = {});

// Bias-corrected and accelerated (Efron 1987, "Better bootstrap confidence intervals"); the acceleration by
// jackknife over clusters. Falls back to the percentiles where the jackknife does not vary.
BootstrapResult bootstrap_bca(std::size_t clusters, const ClusterStatistic& statistic, base::Random& random,
                              BootstrapOptions options = {});

}  // namespace plimsoll::stats
