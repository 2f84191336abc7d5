#include "base/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace base {
namespace {

constexpr int kSignificantBits = 7;
constexpr double kNanosecondsPerSecond = 1e9;
constexpr double kDaySeconds = 86'400;
constexpr std::uint64_t kDayNanoseconds = 86'400'000'000'000;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMostEdges = 32;
constexpr std::uint64_t kMostNarrow = std::numeric_limits<std::uint32_t>::max();

// Below 128 the shift is 0 and a value is its own index; above, the top seven bits of a value lie in [64,
// 128), so that each power of two continues where the one before ended.
constexpr std::uint32_t index_of(std::uint64_t nanoseconds) {
  const int shift = std::max(0, static_cast<int>(std::bit_width(nanoseconds)) - kSignificantBits);
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(shift) << (kSignificantBits - 1)) +
                                    (nanoseconds >> shift));
}

constexpr std::uint64_t low_of(std::uint32_t index) {
  if (index < (1U << kSignificantBits)) return index;
  const std::uint32_t shift = (index >> (kSignificantBits - 1)) - 1;
  return (static_cast<std::uint64_t>(index) - (shift << (kSignificantBits - 1))) << shift;
}

constexpr std::uint32_t kLastIndex = index_of(kDayNanoseconds);
constexpr std::uint32_t kBuckets = kLastIndex + 1;
static_assert(low_of(kLastIndex) <= kDayNanoseconds && kDayNanoseconds < low_of(kLastIndex + 1));
static_assert(kBuckets * sizeof(std::uint32_t) + kMostEdges * sizeof(Histogram::Edge) <= 12 * 1024);

std::uint64_t to_nanoseconds(double seconds) {
  if (!(seconds > 0)) return 0;
  if (seconds >= kDaySeconds) return kDayNanoseconds;
  // By way of a signed integer, for which x86-64 has an instruction.
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(seconds * kNanosecondsPerSecond + 0.5));
}

double to_seconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / kNanosecondsPerSecond;
}

double middle_of(std::uint32_t index) {
  const auto low = static_cast<double>(low_of(index));
  const auto last = static_cast<double>(low_of(index + 1) - 1);
  return (low + last) / 2 / kNanosecondsPerSecond;
}

std::uint64_t total_of(std::span<const Histogram::Bucket> buckets) {
  std::uint64_t total = 0;
  for (const auto& bucket : buckets) total += bucket.count;
  return total;
}

bool sound_counts(const Histogram::Parts& parts) {
  const Histogram::Bucket* before = nullptr;
  std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - parts.infinite;
  for (const auto& bucket : parts.buckets) {
    if (bucket.index >= kBuckets || bucket.count == 0 || bucket.count > room) return false;
    if (before != nullptr && before->index >= bucket.index) return false;
    room -= bucket.count;
    before = &bucket;
  }
  return true;
}

bool sound_extremes(const Histogram::Parts& parts) {
  if (parts.buckets.empty()) return parts.min == 0 && parts.max == 0 && parts.clamped == 0;
  const auto& last = parts.buckets.back();
  return parts.min >= 0 && parts.min <= parts.max && parts.max < kInfinity &&
         Histogram::bucket_of(parts.min) == parts.buckets.front().index &&
         Histogram::bucket_of(parts.max) == last.index && (parts.clamped > 0) == (parts.max > kDaySeconds) &&
         (parts.clamped == 0 || (last.index == kLastIndex && parts.clamped <= last.count));
}

bool sound_sums(const Histogram::Parts& parts) {
  long double low = 0, high = 0, low_squares = 0, high_squares = 0;
  for (const auto& [index, count] : parts.buckets) {
    const long double from = Histogram::bucket_low(index);
    const long double to = std::min(Histogram::bucket_high(index), kDaySeconds);
    low += from * static_cast<long double>(count);
    high += to * static_cast<long double>(count);
    low_squares += from * from * static_cast<long double>(count);
    high_squares += to * to * static_cast<long double>(count);
  }
  const long double slack = 1e-12L;  // these products round, the sums did not
  const auto within = [slack](double value, long double from, long double to) {
    return value >= from * (1 - slack) && value <= to * (1 + slack);
  };
  const long double most_squares = 1e20L;  // seconds squared: what a Wide of nanoseconds squared holds
  return within(parts.sum, low, high) && within(parts.sum_of_squares, low_squares, high_squares) &&
         high_squares < most_squares;
}

bool sound_edges(const Histogram::Parts& parts) {
  if (parts.edges.size() > kMostEdges) return false;
  const Histogram::Edge* before = nullptr;
  for (const auto& edge : parts.edges) {
    if (!std::isfinite(edge.seconds)) return false;
    if (before != nullptr && (before->seconds >= edge.seconds || before->at_or_below > edge.at_or_below))
      return false;
    const std::uint32_t index = Histogram::bucket_of(edge.seconds);
    std::uint64_t below = 0, with = 0;
    for (const auto& bucket : parts.buckets) {
      below += bucket.index < index ? bucket.count : 0;
      with += bucket.index <= index ? bucket.count : 0;
    }
    if (edge.at_or_below < below || edge.at_or_below > with) return false;
    before = &edge;
  }
  return true;
}

}  // namespace

Histogram::Histogram(std::span<const double> edge_seconds) {
  std::vector<double> sorted(edge_seconds.begin(), edge_seconds.end());
  if (!std::ranges::all_of(sorted, [](double edge) { return std::isfinite(edge); })) {
    throw std::invalid_argument("a histogram's edges must be finite");
  }
  std::ranges::sort(sorted);
  sorted.erase(std::ranges::unique(sorted).begin(), sorted.end());
  if (sorted.size() > kMostEdges) throw std::invalid_argument("a histogram has at most 32 edges");
  edges_.reserve(sorted.size());
  for (const double edge : sorted) edges_.push_back({edge, 0});
}

inline void Histogram::add_to_bucket(std::uint32_t index, std::uint64_t count) {
  const bool fits = index < counts_.size() && count <= kMostNarrow - counts_[index];
  if (!fits) [[unlikely]]
    return add_to_empty_or_full_bucket(index, count);
  counts_[index] += static_cast<std::uint32_t>(count);
}

// Inlined into both record functions, so that the count of one costs no multiplication.
inline void Histogram::record_finite(double seconds, std::uint64_t count) {
  const std::uint64_t nanoseconds = to_nanoseconds(seconds);
  add_to_bucket(index_of(nanoseconds), count);
  if (seconds > kDaySeconds) [[unlikely]]
    clamped_ += count;
  min_ = finite() == 0 ? seconds : std::min(min_, seconds);
  max_ = std::max(max_, seconds);
  count_ += count;
  sum_ += static_cast<Wide>(nanoseconds) * count;
  sum_of_squares_ += static_cast<Wide>(nanoseconds) * nanoseconds * count;
  for (auto& edge : std::span<Edge>(edges_)) edge.at_or_below += seconds <= edge.seconds ? count : 0;
}

void Histogram::record(double seconds) {
  if (seconds == kInfinity) [[unlikely]]
    return record_infinite();
  record_finite(seconds > 0 ? seconds : 0, 1);  // 0 also where it is NaN
}

void Histogram::record(double seconds, std::uint64_t count) {
  if (seconds == kInfinity) return record_infinite(count);
  if (count > 0) record_finite(seconds > 0 ? seconds : 0, count);
}

void Histogram::record_infinite(std::uint64_t count) {
  infinite_ += count;
  count_ += count;
}

void Histogram::merge(const Histogram& other) {
  merge_edges(other);
  if (other.finite() > 0) merge_finite(other);
  clamped_ += other.clamped_;
  infinite_ += other.infinite_;
  count_ += other.count_;
}

double Histogram::min() const {
  if (count_ == 0) return kNan;
  return finite() == 0 ? kInfinity : min_;
}

double Histogram::max() const {
  if (count_ == 0) return kNan;
  return infinite_ > 0 ? kInfinity : max_;
}

double Histogram::mean() const {
  if (finite() == 0) return kNan;
  const auto nanoseconds = static_cast<long double>(sum_) / static_cast<long double>(finite());
  return std::clamp(static_cast<double>(nanoseconds / 1e9L), min_, max_);
}

double Histogram::stddev() const {
  if (finite() == 0) return kNan;
  const auto n = static_cast<long double>(finite());
  const auto mean = static_cast<long double>(sum_) / n;
  const auto variance = static_cast<long double>(sum_of_squares_) / n - mean * mean;
  return static_cast<double>(std::sqrt(std::max(0.0L, variance)) / 1e9L);
}

double Histogram::percentile(double p) const {
  if (count_ == 0) return kNan;
  const auto exact =
      static_cast<long double>(std::clamp(p, 0.0, 100.0)) * static_cast<long double>(count_) / 100;
  // 99.9 is not a double: its nearest neighbour is a little above, and 99.9 % of 1,000 must be rank 999, not
  // 1,000.
  const auto forgiven = exact * (1 - std::numeric_limits<double>::epsilon());
  const auto rank = static_cast<std::uint64_t>(std::ceil(forgiven));
  return value_at_rank(std::clamp<std::uint64_t>(rank, 1, count_));
}

std::uint64_t Histogram::count_at_or_below(double seconds) const {
  const auto edge = std::ranges::find(edges_, seconds, &Edge::seconds);
  if (edge != edges_.end()) return edge->at_or_below;
  if (finite() == 0 || !(seconds >= min_)) return 0;
  if (seconds >= max_) return finite();
  std::uint64_t total = 0;
  for (std::uint32_t index = 0; index <= bucket_of(seconds); ++index) total += count_in(index);
  return total;
}

std::vector<Histogram::Bucket> Histogram::sparse() const {
  std::vector<Bucket> buckets;
  if (finite() == 0) return buckets;
  for (std::uint32_t index = 0; index < kBuckets; ++index) {
    if (const std::uint64_t count = count_in(index); count > 0) buckets.push_back({index, count});
  }
  return buckets;
}

double Histogram::bucket_low(std::uint32_t index) {
  return to_seconds(low_of(index));
}

double Histogram::bucket_high(std::uint32_t index) {
  return to_seconds(low_of(index + 1));
}

std::uint32_t Histogram::bucket_of(double seconds) {
  return index_of(to_nanoseconds(seconds));
}

Histogram::Parts Histogram::parts() const {
  Parts parts;
  parts.buckets = sparse();
  parts.edges = edges_;
  parts.infinite = infinite_;
  parts.clamped = clamped_;
  parts.sum = static_cast<double>(static_cast<long double>(sum_) / 1e9L);
  parts.sum_of_squares = static_cast<double>(static_cast<long double>(sum_of_squares_) / 1e18L);
  parts.min = min_;
  parts.max = max_;
  return parts;
}

bool Histogram::from_parts(const Parts& parts, Histogram& result) {
  if (!sound_counts(parts) || !sound_extremes(parts) || !sound_sums(parts) || !sound_edges(parts))
    return false;
  Histogram made;
  for (const auto& bucket : parts.buckets) made.add_to_bucket(bucket.index, bucket.count);
  made.edges_ = parts.edges;
  made.infinite_ = parts.infinite;
  made.clamped_ = parts.clamped;
  made.count_ = total_of(parts.buckets) + parts.infinite;
  made.sum_ = static_cast<Wide>(std::round(static_cast<long double>(parts.sum) * 1e9L));
  made.sum_of_squares_ =
      static_cast<Wide>(std::round(static_cast<long double>(parts.sum_of_squares) * 1e18L));
  made.min_ = parts.min;
  made.max_ = parts.max;
  result = std::move(made);
  return true;
}

std::size_t Histogram::dense_bytes() const {
  return counts_.capacity() * sizeof(std::uint32_t) + wide_counts_.capacity() * sizeof(std::uint64_t) +
         edges_.capacity() * sizeof(Edge);
}

void Histogram::add_to_empty_or_full_bucket(std::uint32_t index, std::uint64_t count) {
  if (counts_.empty() && wide_counts_.empty() && count <= kMostNarrow) {
    counts_.assign(kBuckets, 0);
    counts_[index] = static_cast<std::uint32_t>(count);
    return;
  }
  if (wide_counts_.empty()) widen();
  wide_counts_[index] += count;
}

void Histogram::merge_edges(const Histogram& other) {
  if (other.finite() == 0 && (finite() > 0 || !edges_.empty())) return;
  if (finite() == 0) {
    edges_ = other.edges_;
    return;
  }
  std::vector<Edge> common;
  for (const auto& edge : edges_) {
    const auto match = std::ranges::find(other.edges_, edge.seconds, &Edge::seconds);
    if (match != other.edges_.end()) common.push_back({edge.seconds, edge.at_or_below + match->at_or_below});
  }
  edges_ = std::move(common);
}

void Histogram::merge_finite(const Histogram& other) {
  for (std::uint32_t index = 0; index < kBuckets; ++index) {
    if (const std::uint64_t count = other.count_in(index); count > 0) add_to_bucket(index, count);
  }
  min_ = finite() == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
  sum_of_squares_ += other.sum_of_squares_;
}

void Histogram::widen() {
  wide_counts_.assign(counts_.begin(), counts_.end());
  wide_counts_.resize(kBuckets);
  counts_ = {};
}

std::uint64_t Histogram::count_in(std::uint32_t index) const {
  if (!counts_.empty()) return counts_[index];
  return wide_counts_.empty() ? 0 : wide_counts_[index];
}

double Histogram::value_at_rank(std::uint64_t rank) const {
  if (rank > finite()) return kInfinity;
  if (rank == 1) return min_;
  if (rank == finite()) return max_;
  std::uint32_t index = 0;
  for (std::uint64_t seen = count_in(0); seen < rank; seen += count_in(index)) ++index;
  return std::clamp(middle_of(index), min_, max_);
}

}  // namespace base
