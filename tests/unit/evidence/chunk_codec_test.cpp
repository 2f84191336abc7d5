#include "plimsoll/evidence/chunk_codec.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "plimsoll/evidence/summary.h"
#include "tests/unit/model/generators.h"

namespace plimsoll::evidence {
namespace {

using model::Observation;
using model::SeriesHandle;
using model::testing::any_observation;
using model::testing::same;

std::vector<Observation> decode(const std::string& bytes) {
  std::vector<Observation> all;
  const auto status = decode_chunk(
      bytes, [](SeriesHandle) { return true; }, [&](Observation&& one) { all.push_back(std::move(one)); });
  EXPECT_TRUE(status);
  return all;
}

std::vector<Observation> of_series(std::span<const Observation> all, SeriesHandle series) {
  std::vector<Observation> some;
  std::ranges::copy_if(all, std::back_inserter(some), [&](const auto& one) { return one.series == series; });
  return some;
}

bool same_list(std::span<const Observation> a, std::span<const Observation> b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return same(x, y); });
}

RC_GTEST_PROP(ChunkCodec, ReadsBackEverySeriesInOrder, ()) {
  const auto batch = *rc::gen::container<std::vector<Observation>>(any_observation(4));
  const auto read = decode(encode_chunk(batch));
  RC_ASSERT(read.size() == batch.size());
  for (SeriesHandle series = 0; series < 4; ++series) {
    RC_ASSERT(same_list(of_series(read, series), of_series(batch, series)));
  }
}

RC_GTEST_PROP(ChunkCodec, SkipsSeriesThatAreNotWanted, ()) {
  const auto batch = *rc::gen::container<std::vector<Observation>>(any_observation(4));
  std::vector<Observation> read;
  RC_ASSERT(decode_chunk(
                encode_chunk(batch), [](SeriesHandle series) { return series == 2; },
                [&](Observation&& one) { read.push_back(std::move(one)); })
                .has_value());
  RC_ASSERT(same_list(read, of_series(batch, 2)));
}

RC_GTEST_PROP(ChunkCodec, NoticesEveryChangedByte, ()) {
  const auto batch = *rc::gen::nonEmpty(rc::gen::container<std::vector<Observation>>(any_observation(2)));
  auto bytes = encode_chunk(batch);
  const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[place] = static_cast<char>(bytes[place] ^ *rc::gen::inRange(1, 256));
  const auto status = decode_chunk(bytes, [](SeriesHandle) { return true; }, [](Observation&&) {});
  RC_ASSERT(!status.has_value());
  RC_ASSERT(status.error().code == base::ErrorCode::corrupt);
}

TEST(ChunkCodec, NoticesEveryLength) {
  const std::vector<Observation> batch = {
      {.series = 0, .slice_start = 1, .slice_seconds = 1, .subject = "q", .value = 2.0}};
  const auto bytes = encode_chunk(batch);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_chunk(
        bytes.substr(0, size), [](SeriesHandle) { return true; }, [](Observation&&) {}))
        << size;
  }
}

TEST(ChunkCodec, IsSmallForScalarsOfOneSeriesAndOfMany) {
  std::vector<Observation> one_series, many_series;
  for (SeriesHandle i = 0; i < 5000; ++i) {
    one_series.push_back(
        {.series = 0, .slice_start = 1.8e9 + i * 0.1, .slice_seconds = 0.1, .value = i * 0.377});
    many_series.push_back(
        {.series = i, .slice_start = 1.8e9 + i * 1e-4, .slice_seconds = 1, .value = i * 0.377});
  }
  EXPECT_LE(encode_chunk(one_series).size(), 5000u * 13);
  EXPECT_LE(encode_chunk(many_series).size(), 5000u * 18);
}

// As model::merge, which takes them all at once.
RC_GTEST_PROP(Summary, MergesAsTheModelDoes, ()) {
  auto batch = *rc::gen::container<std::vector<Observation>>(any_observation(1));
  for (auto& one : batch) one.base_side = false;
  batch = decode(encode_chunk(batch));
  Summary summary;
  for (const auto& one : batch) summary.add(one);
  const auto merged = summary.observations(0);
  const auto expected = model::merge(batch);
  RC_ASSERT(merged.empty() == !expected.has_value());
  if (expected) RC_ASSERT(same(merged.front().value, *expected));
}

TEST(Summary, KeepsTheBaseSideApart) {
  Summary summary;
  summary.add({.series = 0, .slice_start = 10, .slice_seconds = 1, .block = 0, .value = 1.0});
  summary.add(
      {.series = 0, .slice_start = 12, .slice_seconds = 1, .block = 0, .base_side = true, .value = 2.0});
  summary.add({.series = 0, .slice_start = 14, .slice_seconds = 2, .block = 1, .value = 3.0});
  const auto read = decode_summary(encode_summary(summary));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(std::get<model::Samples>((*read)[0].value), (model::Samples{1, 3}));
  EXPECT_EQ((*read)[0].slice_start, 10);
  EXPECT_EQ((*read)[0].slice_seconds, 6);
  EXPECT_TRUE((*read)[1].base_side);
  EXPECT_EQ(std::get<model::Samples>((*read)[1].value), model::Samples{2});
}

}  // namespace
}  // namespace plimsoll::evidence
