#include "plimsoll/stats/two_sample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "plimsoll/stats/distributions.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t exact_pairs = 14;

TestResult unknown(double estimate, std::size_t n, std::size_t n_base) {
  return {.estimate = estimate, .interval = {-infinity, infinity}, .n = n, .n_base = n_base};
}

// A t test, once its estimate, standard error and degrees of freedom are known. Without any variation the
// sign decides.
TestResult from_t(TestResult result, double error, double df, const TestOptions& options) {
  const double shift = result.estimate - options.delta0;
  const double t = error > 0 ? shift / error : (shift == 0 ? 0 : std::copysign(infinity, shift));
  const double half = error > 0 ? t_point_above((1 - options.confidence) / 2, df) * error : 0;
  result.interval = {result.estimate - half, result.estimate + half};
  result.p_greater = t_above(t, df);
  result.p_two_sided = std::min(1.0, 2 * t_above(std::abs(t), df));
  return result;
}

}  // namespace

TestResult welch_t(std::span<const double> base, std::span<const double> head, TestOptions options) {
  TestResult result = unknown(mean(head) - mean(base), head.size(), base.size());
  if (base.size() < 2 || head.size() < 2) return result;
  const double from_base = variance(base) / static_cast<double>(base.size());
  const double from_head = variance(head) / static_cast<double>(head.size());
  const double sum = from_base + from_head;
  // Satterthwaite's degrees of freedom.
  const double df = sum > 0 ? sum * sum /
                                  (from_base * from_base / static_cast<double>(base.size() - 1) +
                                   from_head * from_head / static_cast<double>(head.size() - 1))
                            : static_cast<double>(base.size() + head.size() - 2);
  return from_t(result, std::sqrt(sum), df, options);
}

TestResult welch_t_log(std::span<const double> base, std::span<const double> head, TestOptions options) {
  return welch_t(logs(base), logs(head), options);
}

TestResult paired_t(std::span<const double> differences, TestOptions options) {
  const std::size_t n = differences.size();
  const TestResult result = unknown(mean(differences), n, n);
  if (n < 2) return result;
  const double error = stddev(differences) / std::sqrt(static_cast<double>(n));
  return from_t(result, error, static_cast<double>(n - 1), options);
}

TestResult paired_t_log(std::span<const double> base, std::span<const double> head, TestOptions options) {
  std::vector<double> ratios = logs(head);
  const std::vector<double> below = logs(base);
  for (std::size_t i = 0; i < ratios.size(); ++i) ratios[i] -= below[i];
  return paired_t(ratios, options);
}

TestResult paired_sign(std::span<const double> differences, TestOptions options) {
  const std::size_t n = differences.size();
  TestResult result = unknown(median(differences), n, n);
  if (n == 0) return result;
  result.interval = quantile_interval(sorted(differences), 0.5, options.confidence);
  const auto above =
      static_cast<double>(std::ranges::count_if(differences, [&](double d) { return d > options.delta0; }));
  const auto below =
      static_cast<double>(std::ranges::count_if(differences, [&](double d) { return d < options.delta0; }));
  result.p_greater = binomial_at_least(above, above + below, 0.5);
  result.p_two_sided = std::min(1.0, 2 * binomial_at_least(std::max(above, below), above + below, 0.5));
  return result;
}

namespace {

// Counts how often flipped sums are as extreme as the one that was seen.
class FlipCount {
 public:
  explicit FlipCount(double seen, double scale) : seen_(seen), slack_(1e-12 * scale) {}

  void add(double sum) {
    ++total_;
    if (sum >= seen_ - slack_) ++as_large_;
    if (std::abs(sum) >= std::abs(seen_) - slack_) ++as_far_;
  }
  // A random sample of flips lacks the identity, which is one of them: `more` adds it.
  double p_greater(double more) const { return (as_large_ + more) / (total_ + more); }
  double p_two_sided(double more) const { return (as_far_ + more) / (total_ + more); }

 private:
  double seen_;
  double slack_;
  double total_ = 0;
  double as_large_ = 0;
  double as_far_ = 0;
};

// The interval of Hartigan's typical values: with K subset means in order, the shift falls into each of the K
// + 1 gaps equally often.
Interval typical_values(std::vector<double> means, double confidence) {
  std::ranges::sort(means);
  const double gaps = static_cast<double>(means.size() + 1);
  const auto rank = static_cast<std::size_t>((1 - confidence) / 2 * gaps);
  if (rank == 0) return {-infinity, infinity};
  return {means[rank - 1], means[means.size() - rank]};
}

void flip_all(std::span<const double> differences, double delta0, FlipCount& flips,
              std::vector<double>& means) {
  const std::size_t n = differences.size();
  for (std::size_t mask = 0; mask < (std::size_t{1} << n); ++mask) {
    double sum = 0;
    double kept = 0;
    double size = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const bool in = (mask >> i) & 1;
      sum += in ? differences[i] - delta0 : delta0 - differences[i];
      kept += in ? differences[i] : 0;
      size += in;
    }
    flips.add(sum);
    if (mask != 0) means.push_back(kept / size);
  }
}

void flip_some(std::span<const double> differences, double delta0, base::Random& random, std::size_t draws,
               FlipCount& flips, std::vector<double>& means) {
  for (std::size_t draw = 0; draw < draws; ++draw) {
    double sum = 0;
    double kept = 0;
    double size = 0;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      if (i % 64 == 0) bits = random();
      const bool in = (bits >> (i % 64)) & 1;
      sum += in ? differences[i] - delta0 : delta0 - differences[i];
      kept += in ? differences[i] : 0;
      size += in;
    }
    flips.add(sum);
    if (size > 0) means.push_back(kept / size);
  }
}

}  // namespace

TestResult paired_permutation(std::span<const double> differences, base::Random& random, TestOptions options,
                              std::size_t draws) {
  const std::size_t n = differences.size();
  TestResult result = unknown(mean(differences), n, n);
  if (n == 0) return result;
  double seen = 0;
  double scale = 0;
  for (const double d : differences) {
    seen += d - options.delta0;
    scale += std::abs(d - options.delta0);
  }
  FlipCount flips(seen, scale);
  std::vector<double> means;
  const bool exact = n <= exact_pairs;
  if (exact) flip_all(differences, options.delta0, flips, means);
  if (!exact) flip_some(differences, options.delta0, random, draws, flips, means);
  result.interval = typical_values(std::move(means), options.confidence);
  result.p_greater = flips.p_greater(exact ? 0 : 1);
  result.p_two_sided = flips.p_two_sided(exact ? 0 : 1);
  return result;
}

}  // namespace plimsoll::stats
