// The file of an index: what is read is what was written, or less, and never something else.
#include "apps/memory_api/search/hnsw_file.h"

#include <cstring>
#include <random>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/sample_vectors.h"

namespace memory_api::search {
namespace {

using base::ErrorCode;
using ::testing::Ge;
using ::testing::SizeIs;

constexpr std::size_t dimensions = 16;
constexpr IndexIdentity identity{3, 2, dimensions};
constexpr std::size_t exact_up_to = 50;

std::string bytes_of(const HnswIndex& index, const IndexIdentity& whose = identity) {
  std::string bytes;
  EXPECT_TRUE(write_index(index, whose, [&](std::span<const std::byte> piece) -> base::Status {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return {};
  }));
  return bytes;
}

base::Result<std::unique_ptr<HnswIndex>> read(std::string_view bytes) {
  return read_index(identity, bytes.size(), exact_up_to, [&](std::span<std::byte> piece) -> base::Status {
    if (piece.size() > bytes.size()) return base::fail(ErrorCode::corrupt, "too short");
    if (!piece.empty()) std::memcpy(piece.data(), bytes.data(), piece.size());
    bytes.remove_prefix(piece.size());
    return {};
  });
}

class HnswFileTest : public ::testing::Test {
 protected:
  HnswFileTest() {
    for (std::int64_t document = 0; document < 1500; ++document) {
      index.put(document, static_cast<std::uint64_t>(document) + 7, sample.next());
    }
    while (index.waiting() > 100) index.work();
    for (std::int64_t document = 0; document < 50; ++document) index.remove(document * 3);
  }

  testing::SampleVectors sample{dimensions, 30, 0.5, 1};
  HnswIndex index{dimensions, exact_up_to};
};

TEST_F(HnswFileTest, KeepsRowsLinksAndHolesAndWhatWaits) {
  const auto again = read(bytes_of(index)).value();
  EXPECT_EQ(again->size(), index.size());
  EXPECT_EQ(again->waiting(), index.waiting());
  for (std::int64_t document = 0; document < 1500; ++document) {
    const bool is_there = document >= 150 || document % 3 != 0;
    EXPECT_EQ(again->holds(document, static_cast<std::uint64_t>(document) + 7), is_there) << document;
  }
  const EncodedQuery query(sample.next());
  std::multiset<std::pair<std::int64_t, float>> first, second;
  for (const Bounded& one : index.nearest(query, 100)) first.emplace(one.document, one.bound);
  for (const Bounded& one : again->nearest(query, 100)) second.emplace(one.document, one.bound);
  EXPECT_EQ(first, second);
  while (again->work()) {
  }
  EXPECT_EQ(again->waiting(), 0u);
  EXPECT_THAT(again->nearest(query, 200), SizeIs(Ge(200)));
}

TEST_F(HnswFileTest, ABrokenOffFileIsNone) {
  const std::string bytes = bytes_of(index);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{5}, std::size_t{60}, bytes.size() / 2, bytes.size() - 1}) {
    EXPECT_EQ(read(bytes.substr(0, size)).error().code, ErrorCode::corrupt) << size;
  }
  EXPECT_EQ(read(bytes + "x").error().code, ErrorCode::corrupt);
}

TEST_F(HnswFileTest, AnotherVersionTenantOrEmbedderIsRefused) {
  std::string bytes = bytes_of(index);
  bytes[8] = 2;
  EXPECT_EQ(read(bytes).error().code, ErrorCode::unsupported);
  EXPECT_EQ(read(bytes_of(index, {4, 2, dimensions})).error().code, ErrorCode::conflict);
  EXPECT_EQ(read(bytes_of(index, {3, 1, dimensions})).error().code, ErrorCode::conflict);
}

TEST_F(HnswFileTest, AnOverwrittenRowIsErasedAndNoOther) {
  std::string bytes = bytes_of(index);
  const Place place = index.place_of(1001);
  bytes.replace(offset_of_row(place, dimensions), dimensions, dimensions, '\0');
  const auto again = read(bytes).value();
  EXPECT_EQ(again->size(), index.size() - 1);
  EXPECT_FALSE(again->holds(1001, 1008));
  EXPECT_TRUE(again->holds(1000, 1007));
}

// Wherever a byte changes: the file is refused, or every row that is there is one that was written.
TEST_F(HnswFileTest, AChangedByteNeverMakesAWrongRow) {
  const std::string bytes = bytes_of(index);
  std::mt19937_64 random(5);
  std::size_t refused = 0, kept = 0;
  for (int i = 0; i < 400; ++i) {
    std::string changed = bytes;
    // Half of them in the header and the first rows, where most kinds of fields are.
    const std::size_t at = random() % (i % 2 == 0 ? bytes.size() : 20'000);
    changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
    const auto again = read(changed);
    if (!again) {
      ++refused;
      continue;
    }
    ++kept;
    ASSERT_THAT((*again)->size(), Ge(index.size() - 1)) << at;
    for (const std::int64_t document : (*again)->documents()) {
      const Place place = (*again)->place_of(document);
      ASSERT_TRUE(index.holds(document, (*again)->rows().digest(place))) << at;
      ASSERT_EQ(std::memcmp((*again)->rows().codes(place), index.rows().codes(place), dimensions), 0) << at;
    }
  }
  EXPECT_GT(refused, 0u);
  EXPECT_GT(kept, 0u);
}

RC_GTEST_PROP(HnswFileProperty, GarbageIsRefused, (const std::string& garbage)) {
  RC_ASSERT(!read(garbage).has_value());
}

// Links that lead anywhere, under checksums that are right: searches and repairs go on.
TEST(HnswLinks, ThatLeadAnywhereHarmNobody) {
  testing::SampleVectors sample(dimensions, 30, 0.5, 1);
  HnswIndex rows(dimensions, exact_up_to);
  for (std::int64_t document = 0; document < 300; ++document) rows.put(document, 1, sample.next());
  std::mt19937 random(2);
  const auto any = [&](std::uint64_t below) { return static_cast<Place>(random() % below); };
  auto block = std::make_unique<CodeBlock>(dimensions);
  *block = rows.rows().block(0);
  auto links = std::make_unique<LinkBlock>();
  for (auto& level : links->levels) level = static_cast<std::uint8_t>(random());
  for (auto& count : links->counts) count = static_cast<std::uint8_t>(random());
  for (auto& row : links->links) {
    for (Place& place : row) place = any(3) == 0 ? any(no_place) : any(300);
  }
  std::vector<LinkChange> above;
  for (int i = 0; i < 100; ++i) {
    above.push_back({any(400), static_cast<int>(any(20)), {any(300), any(no_place)}});
  }
  std::vector<std::unique_ptr<CodeBlock>> blocks;
  std::vector<std::unique_ptr<LinkBlock>> link_blocks;
  blocks.push_back(std::move(block));
  link_blocks.push_back(std::move(links));
  HnswIndex index(dimensions, exact_up_to);
  index.restore(std::move(blocks), std::move(link_blocks), 300, above);
  for (std::int64_t document = 0; document < 200; ++document) index.remove(document);
  while (index.work()) {
  }
  std::set<std::int64_t> found;
  for (const Bounded& one : index.nearest(EncodedQuery(sample.next()), 100)) {
    EXPECT_TRUE(one.document >= 200 && one.document < 300);
    EXPECT_TRUE(found.insert(one.document).second);
  }
}

}  // namespace
}  // namespace memory_api::search
