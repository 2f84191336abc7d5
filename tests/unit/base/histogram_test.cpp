#include "base/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace base {
namespace {

using testing::IsEmpty;
using testing::IsNan;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kDay = 86'400;
const std::vector<double> kEdges = {0.001, 0.05, 2.0};

// Seconds in whole nanoseconds, all magnitudes from 0 to a day alike.
rc::Gen<double> any_seconds() {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 47), rc::gen::arbitrary<std::uint64_t>()),
                      [](const auto& drawn) {
                        const auto nanoseconds = drawn.second & ((std::uint64_t{1} << drawn.first) - 1);
                        return std::min(kDay, static_cast<double>(nanoseconds) / 1e9);
                      });
}

rc::Gen<std::vector<double>> any_values() {
  return rc::gen::container<std::vector<double>>(any_seconds());
}

Histogram histogram_of(const std::vector<double>& values, std::span<const double> edges = {}) {
  Histogram histogram(edges);
  for (const double value : values) histogram.record(value);
  return histogram;
}

std::uint64_t count_at_or_below(const std::vector<double>& values, double bound) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(values, [&](double value) { return value <= bound; }));
}

TEST(Histogram, EmptyHasNoFigures) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_THAT(histogram.min(), IsNan());
  EXPECT_THAT(histogram.max(), IsNan());
  EXPECT_THAT(histogram.mean(), IsNan());
  EXPECT_THAT(histogram.stddev(), IsNan());
  EXPECT_THAT(histogram.percentile(50), IsNan());
  EXPECT_EQ(histogram.count_at_or_below(1), 0U);
  EXPECT_THAT(histogram.sparse(), IsEmpty());
  EXPECT_EQ(histogram.dense_bytes(), 0U);
}

TEST(Histogram, KnowsItsFigures) {
  const auto histogram = histogram_of({0.1, 0.2, 0.3, 0.4});
  EXPECT_EQ(histogram.count(), 4U);
  EXPECT_EQ(histogram.min(), 0.1);
  EXPECT_EQ(histogram.max(), 0.4);
  EXPECT_DOUBLE_EQ(histogram.mean(), 0.25);
  EXPECT_NEAR(histogram.stddev(), std::sqrt(0.0125), 1e-12);
}

TEST(Histogram, CountsWhatNeverEndedAboveEveryBound) {
  auto histogram = histogram_of({0.1, kInfinity});
  histogram.record_infinite(2);
  EXPECT_EQ(histogram.count(), 4U);
  EXPECT_EQ(histogram.infinite(), 3U);
  EXPECT_EQ(histogram.count_at_or_below(1e9), 1U);
  EXPECT_EQ(histogram.count_at_or_below(kInfinity), 1U);
  EXPECT_EQ(histogram.percentile(25), 0.1);
  EXPECT_EQ(histogram.percentile(26), kInfinity);
  EXPECT_EQ(histogram.max(), kInfinity);
  EXPECT_EQ(histogram.mean(), 0.1);
  Histogram none;
  none.record_infinite();
  EXPECT_EQ(none.min(), kInfinity);
  EXPECT_THAT(none.mean(), IsNan());
}

TEST(Histogram, TakesNegativeAndNotANumberAsZero) {
  const auto histogram = histogram_of({-1, std::nan(""), -kInfinity});
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.percentile(50), 0);
}

TEST(Histogram, ClampsAtADayAndSaysSo) {
  const auto histogram = histogram_of({1, kDay, kDay * 3, 1e300});
  EXPECT_EQ(histogram.count(), 4U);
  EXPECT_EQ(histogram.clamped(), 2U);
  EXPECT_EQ(histogram.max(), 1e300);
  EXPECT_NEAR(histogram.percentile(75), kDay, kDay * 0.01);
  EXPECT_NEAR(histogram.mean(), (1 + 3 * kDay) / 4, 1e-6);
}

TEST(Histogram, BucketsMeetWithoutGapsAndAreNarrow) {
  const auto last = Histogram::bucket_of(kDay);
  for (std::uint32_t index = 0; index <= last; ++index) {
    const double low = Histogram::bucket_low(index), high = Histogram::bucket_high(index);
    ASSERT_EQ(Histogram::bucket_of(low), index);
    ASSERT_EQ(Histogram::bucket_of(std::min(high, kDay)), std::min(index + 1, last));
    ASSERT_LE(high - low, std::max(low / 64, 1e-9) * (1 + 1e-12));
  }
  EXPECT_EQ(Histogram::bucket_of(1e300), last);
}

TEST(Histogram, PercentileIsTheNearestRank) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.record(i == 1000 ? 1.0 : 0.001);
  EXPECT_NEAR(histogram.percentile(99.9), 0.001, 0.00001);  // rank 999, although 99.9 is no double
  EXPECT_EQ(histogram.percentile(99.95), 1.0);
  EXPECT_EQ(histogram.percentile(0), 0.001);
  EXPECT_EQ(histogram.percentile(100), 1.0);
}

RC_GTEST_PROP(Histogram, PercentilesAreWithinOnePercent, ()) {
  auto values = *rc::gen::nonEmpty(any_values());
  const double p = *rc::gen::inRange(0, 10'001) / 100.0;
  const auto histogram = histogram_of(values);
  std::ranges::sort(values);
  const auto n = static_cast<double>(values.size());
  const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(p * n / 100 - 1e-9)));
  const double exact = values[rank - 1];
  RC_ASSERT(std::abs(histogram.percentile(p) - exact) <= exact * 0.01);
}

RC_GTEST_PROP(Histogram, FiguresMatchTheValues, ()) {
  const auto values = *rc::gen::nonEmpty(any_values());
  const auto histogram = histogram_of(values);
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  RC_ASSERT(histogram.min() == std::ranges::min(values));
  RC_ASSERT(histogram.max() == std::ranges::max(values));
  RC_ASSERT(std::abs(histogram.mean() - mean) <= 1e-9 * (1 + mean));
  RC_ASSERT(std::abs(histogram.stddev() - std::sqrt(squares / n)) <= 1e-8 * (1 + mean));
}

RC_GTEST_PROP(Histogram, MergeIsRecordingAll, ()) {
  const auto one = *any_values(), two = *any_values();
  auto all = one;
  all.insert(all.end(), two.begin(), two.end());
  auto merged = histogram_of(one, kEdges);
  merged.merge(histogram_of(two, kEdges));
  RC_ASSERT(merged == histogram_of(all, kEdges));
  auto reversed = histogram_of(two, kEdges);
  reversed.merge(histogram_of(one, kEdges));
  RC_ASSERT(reversed == merged);
}

RC_GTEST_PROP(Histogram, EdgesAreExact, ()) {
  const auto values = *any_values();
  auto edges = *rc::gen::container<std::vector<double>>(5, any_seconds());
  if (!values.empty()) edges.push_back(values.front());  // at the edge itself
  const auto histogram = histogram_of(values, edges);
  for (const double edge : edges)
    RC_ASSERT(histogram.count_at_or_below(edge) == count_at_or_below(values, edge));
}

RC_GTEST_PROP(Histogram, CountsAreWithinABucketElsewhere, ()) {
  const auto values = *any_values();
  const double bound = *any_seconds();
  const auto index = Histogram::bucket_of(bound);
  const auto counted = histogram_of(values).count_at_or_below(bound);
  RC_ASSERT(counted >= count_at_or_below(values, bound));
  RC_ASSERT(counted <= count_at_or_below(values, Histogram::bucket_high(index)));
}

RC_GTEST_PROP(Histogram, PartsRoundTrip, ()) {
  auto histogram = histogram_of(*any_values(), kEdges);
  histogram.record_infinite(*rc::gen::inRange<std::uint64_t>(0, 3));
  for (const double value : *rc::gen::container<std::vector<double>>(any_seconds()))
    histogram.record(value + kDay, 2);
  Histogram rebuilt;
  RC_ASSERT(Histogram::from_parts(histogram.parts(), rebuilt));
  RC_ASSERT(rebuilt == histogram);
  RC_ASSERT(rebuilt.count() == histogram.count());
  RC_ASSERT(std::ranges::equal(rebuilt.edges(), histogram.edges()));
}

TEST(Histogram, EdgesAreSortedAndMadeUnique) {
  const Histogram histogram(std::vector<double>{2, 1, 2});
  ASSERT_EQ(histogram.edges().size(), 2U);
  EXPECT_EQ(histogram.edges()[0].seconds, 1);
  EXPECT_EQ(histogram.edges()[1].seconds, 2);
  EXPECT_THROW(Histogram(std::vector<double>{std::nan("")}), std::invalid_argument);
  std::vector<double> many(33);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<double>(i);
  EXPECT_THROW(Histogram{many}, std::invalid_argument);
}

TEST(Histogram, MergeDropsAnEdgeThatOneSideCannotKnow) {
  auto histogram = histogram_of({0.1}, std::vector<double>{0.2, 0.5});
  histogram.merge(histogram_of({0.3}, std::vector<double>{0.5, 0.7}));
  ASSERT_EQ(histogram.edges().size(), 1U);
  EXPECT_EQ(histogram.edges()[0], (Histogram::Edge{0.5, 2}));
}

TEST(Histogram, MergeWithAnEmptyOneKeepsTheEdges) {
  Histogram sum;
  sum.merge(histogram_of({0.1, 0.3}, std::vector<double>{0.2}));
  ASSERT_EQ(sum.edges().size(), 1U);
  EXPECT_EQ(sum.edges()[0], (Histogram::Edge{0.2, 1}));
  sum.merge(Histogram());
  EXPECT_EQ(sum.edges().size(), 1U);
}

TEST(Histogram, CountersWidenWhenTheyPass32Bits) {
  constexpr std::uint64_t kMany = std::uint64_t{5} << 32;
  auto histogram = histogram_of({0.1});
  histogram.record(0.1, kMany);
  histogram.record(0.2);
  EXPECT_EQ(histogram.count(), kMany + 2);
  EXPECT_EQ(histogram.sparse().front().count, kMany + 1);
  EXPECT_NEAR(histogram.mean(), 0.1, 1e-11);
  Histogram rebuilt;
  ASSERT_TRUE(Histogram::from_parts(histogram.parts(), rebuilt));
  EXPECT_EQ(rebuilt, histogram);
  rebuilt.merge(histogram);
  EXPECT_EQ(rebuilt.count(), 2 * (kMany + 2));
}

TEST(Histogram, IsAtMostTwelveKibibytesDense) {
  std::vector<double> edges(32);
  for (std::size_t i = 0; i < edges.size(); ++i) edges[i] = static_cast<double>(i);
  const auto histogram = histogram_of({1e-9, 1, kDay}, edges);
  EXPECT_LE(histogram.dense_bytes(), 12U * 1024);
}

// Each change makes the parts say something that no recording can give.
TEST(Histogram, PartsThatContradictAreRefused) {
  const auto sound = histogram_of({0.1, 0.2, 0.2, 0.7}, std::vector<double>{0.15, 0.5}).parts();
  using Change = void (*)(Histogram::Parts&);
  const std::vector<Change> changes = {
      [](auto& p) { p.buckets.clear(); },
      [](auto& p) { std::swap(p.buckets[0], p.buckets[1]); },
      [](auto& p) { p.buckets[1].index = p.buckets[0].index; },
      [](auto& p) { p.buckets.back().index = 1U << 31; },
      [](auto& p) { p.buckets[0].count = 0; },
      [](auto& p) { p.buckets[0].count = ~std::uint64_t{0}; },
      [](auto& p) { p.infinite = ~std::uint64_t{0}; },
      [](auto& p) { p.clamped = 1; },
      [](auto& p) { p.min = 0; },
      [](auto& p) { p.max = kInfinity; },
      [](auto& p) { p.min = std::nan(""); },
      [](auto& p) { p.sum = 9; },
      [](auto& p) { p.sum = std::nan(""); },
      [](auto& p) { p.sum_of_squares = -1; },
      [](auto& p) { p.sum_of_squares = kInfinity; },
      [](auto& p) { p.edges[0].at_or_below = 2; },
      [](auto& p) { p.edges[1].at_or_below = 0; },
      [](auto& p) { std::swap(p.edges[0], p.edges[1]); },
      [](auto& p) { p.edges[0].seconds = std::nan(""); },
      [](auto& p) { p.edges.resize(33); },
  };
  Histogram result = histogram_of({0.5});
  ASSERT_TRUE(Histogram::from_parts(sound, result));
  const Histogram before = result;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto parts = sound;
    changes[i](parts);
    EXPECT_FALSE(Histogram::from_parts(parts, result)) << "change " << i;
    EXPECT_EQ(result, before) << "change " << i;
  }
}

}  // namespace
}  // namespace base
