// A mergeable latency histogram: log-linear buckets, bounded relative error.
//
// Layout after HdrHistogram (Tene) with 7 significant bits: a value v in whole nanoseconds below 128 has a
// bucket of its own; above, each power of two is cut into 64 equal buckets, so a bucket's width is at most
// 1/64 of its lower end and the middle is within 1/128 < 1 % of every value in it. Range 1 ns to 1 day
// (86,400 s); larger finite values count in the last bucket and are said by `clamped()`. +∞ (a request that
// failed or never ended) counts apart, above every bound. Sums are kept as integers of nanoseconds, so that
// merging gives the same bits in any order; they take a clamped value as one day, `min` and `max` keep it as
// it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace base {

// Not thread-safe; record in one per thread and merge.
class Histogram {
 public:
  struct Bucket {
    std::uint32_t index;
    std::uint64_t count;
    bool operator==(const Bucket&) const = default;
  };
  // A bound whose share is counted exactly, not from buckets: the bounds of the plan's rules.
  struct Edge {
    double seconds;
    std::uint64_t at_or_below;
    bool operator==(const Edge&) const = default;
  };

  Histogram() = default;
  // Sorted and made unique. More than 32, or one that is not finite, throws std::invalid_argument.
  explicit Histogram(std::span<const double> edge_seconds);

  // Negative and NaN count as 0, +∞ as infinite.
  void record(double seconds);
  void record(double seconds, std::uint64_t count);
  void record_infinite(std::uint64_t count = 1);

  // Exact: buckets, sum, count, extremes. An edge that only one side has is dropped, unless the other side
  // holds no finite value: there its count is 0.
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }  // with the infinite ones
  std::uint64_t infinite() const { return infinite_; }
  std::uint64_t clamped() const { return clamped_; }
  double min() const;     // NaN where empty; +∞ where all are
  double max() const;     // NaN where empty; +∞ where any is
  double mean() const;    // of the finite ones; NaN where there are none
  double stddev() const;  // of the finite ones, as a population; NaN where none

  // Nearest rank (the smallest value v with at least p % of the values ≤ v), as its bucket's middle, held to
  // [min, max]; the first and the last finite rank are min and max themselves. p in [0, 100], held to it. NaN
  // where empty, +∞ where the rank falls among the infinite ones.
  double percentile(double p) const;

  // How many are ≤ the bound: exact at an edge, within a bucket's width elsewhere.
  std::uint64_t count_at_or_below(double seconds) const;
  std::span<const Edge> edges() const { return edges_; }

  std::vector<Bucket> sparse() const;              // buckets that are not empty, ascending
  static double bucket_low(std::uint32_t index);   // seconds
  static double bucket_high(std::uint32_t index);  // seconds, exclusive
  static std::uint32_t bucket_of(double seconds);

  // Rebuilds what sparse(), edges() and the sums said; for stores and protocols. False where the parts
  // contradict.
  struct Parts {
    std::vector<Bucket> buckets;
    std::vector<Edge> edges;
    std::uint64_t infinite = 0;
    std::uint64_t clamped = 0;
    double sum = 0;
    double sum_of_squares = 0;
    double min = 0;
    double max = 0;
    bool operator==(const Parts&) const = default;
  };
  Parts parts() const;
  static bool from_parts(const Parts& parts, Histogram& result);

  std::size_t dense_bytes() const;  // memory held now, at most 12 KiB unless a counter passed 2^32
  bool operator==(const Histogram& other) const { return parts() == other.parts(); }

 private:
  __extension__ using Wide = unsigned __int128;  // room for 2^34 squares of a day in nanoseconds

  void record_finite(double seconds, std::uint64_t count);
  void add_to_bucket(std::uint32_t index, std::uint64_t count);
  void add_to_empty_or_full_bucket(std::uint32_t index, std::uint64_t count);
  void merge_edges(const Histogram& other);
  void merge_finite(const Histogram& other);
  void widen();
  std::uint64_t finite() const { return count_ - infinite_; }
  std::uint64_t count_in(std::uint32_t index) const;
  double value_at_rank(std::uint64_t rank) const;

  std::vector<std::uint32_t> counts_;       // allocated at the first record; 32 bits until one overflows
  std::vector<std::uint64_t> wide_counts_;  // then these
  std::vector<Edge> edges_;                 // ascending
  std::uint64_t count_ = 0;
  std::uint64_t infinite_ = 0;
  std::uint64_t clamped_ = 0;
  Wide sum_ = 0;             // nanoseconds
  Wide sum_of_squares_ = 0;  // nanoseconds squared
  double min_ = 0;           // seconds, of the finite ones; 0 where there are none
  double max_ = 0;
};

}  // namespace base
