// A store whose tenants are large: searched by a graph as well as by an exact scan, over restarts, whatever
// becomes of the file beside the store.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/memory_api/search/hnsw_file.h"
#include "apps/memory_api/storage/sqlite_storage.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"
#include "tests/support/memory_service.h"
#include "tests/support/sample_vectors.h"
#include "tests/support/waiting.h"

namespace memory_api::storage {
namespace {

using ::testing::Contains;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Ids = std::vector<std::string>;

constexpr std::size_t dimensions = 16;
constexpr std::size_t exact_vectors = 100;
constexpr std::size_t memories = 400;

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class VectorGraphsTest : public ::testing::Test {
 protected:
  VectorGraphsTest() {
    open(exact_vectors);
    for (TenantNumber tenant : {1, 2}) {
      EXPECT_TRUE(write(AddTenant{"key " + std::to_string(tenant), base::random_uuid()}));
    }
    EXPECT_TRUE(write(UseEmbedder{now, "small", dimensions}));
    add(1, memories);
  }

  void open(std::size_t exact) {
    store.reset();
    store = open_sqlite_storage(folder.path(), {.exact_vectors = exact}).value();
  }
  base::Result<WriteOutcome> write(WriteOperation operation) {
    return testing::wait_for<WriteOutcome>(
        [&](WriteDone done) { store->write(std::move(operation), std::move(done)); });
  }

  void add(TenantNumber tenant, std::size_t count) {
    AddMemories added{tenant, base::random_uuid(), now, {}};
    PutVectors vectors{"small", {}};
    for (std::size_t i = 0; i < count; ++i) {
      memory::Memory memory;
      memory.id = base::random_uuid();
      memory.text = "text " + memory.id;
      memory.entities.user_id = i % 40 == 0 ? "ann" : "bob";
      vectors.vectors.push_back({tenant, memory.id, base::xxh3_64(memory.text), sample.next()});
      added.memories.push_back(std::move(memory));
    }
    EXPECT_TRUE(write(added));
    EXPECT_TRUE(write(vectors));
    for (auto& vector : vectors.vectors) {
      if (tenant == 1) known.push_back(std::move(vector));
    }
  }

  struct Answer {
    Ids ids;
    bool without_vectors = false;
  };
  Answer search(const std::vector<float>& vector, const std::string& user = "", std::size_t most = 10,
                TenantNumber tenant = 1) {
    Answer answer;
    SearchRequest request{.tenant = tenant, .text = "nothing", .top_k = most, .threshold = -1};
    if (!user.empty()) request.filter = memory::of_entities({.user_id = user});
    request.vector = vector;
    request.embedder = "small";
    request.without_vectors = &answer.without_vectors;
    const auto found = store->search(request);
    EXPECT_TRUE(found.has_value());
    for (const auto& scored : *found) answer.ids.push_back(scored.memory.id);
    return answer;
  }
  bool is_ready() {
    return testing_support::eventually([&] { return !search(sample.next()).without_vectors; });
  }

  // The store reopened: whether it finds what a look at all vectors finds. 20 queries, at most one result in
  // 50 missing.
  void expect_as_exact() {
    open(exact_vectors);
    ASSERT_TRUE(is_ready());
    std::size_t found = 0;
    for (int i = 0; i < 20; ++i) {
      const auto vector = sample.next();
      const std::set<std::string> truth = nearest(vector, 10);
      const Answer answer = search(vector);
      EXPECT_THAT(answer.ids, SizeIs(10));
      for (const std::string& id : answer.ids) found += truth.count(id);
    }
    EXPECT_THAT(found, Ge(196u));
  }
  std::set<std::string> nearest(const std::vector<float>& vector, std::size_t most) const {
    const search::EncodedQuery query(vector);
    std::vector<std::pair<double, std::string>> all;
    for (const MemoryVector& one : known) all.emplace_back(-query.product(one.values), one.id);
    std::ranges::sort(all);
    std::set<std::string> ids;
    for (std::size_t i = 0; i < std::min(most, all.size()); ++i) ids.insert(all[i].second);
    return ids;
  }
  void remove(std::size_t index) {
    EXPECT_TRUE(write(RemoveMemories{1, now, {known[index].id}}));
    known.erase(known.begin() + static_cast<std::ptrdiff_t>(index));
  }
  std::filesystem::path file() const { return folder.path() / "vectors-1.hnsw"; }
  bool is_saved() {
    return is_ready() && testing_support::eventually([&] { return std::filesystem::exists(file()); });
  }
  std::string saved() {
    EXPECT_TRUE(is_saved());
    store.reset();
    return contents(file());
  }

  base::TemporaryFolder folder = base::TemporaryFolder::create("vector_graphs").value();
  base::UtcTime now{std::chrono::seconds(1'700'000'000)};
  testing::SampleVectors sample{dimensions, 20, 0.5, 11};
  std::vector<MemoryVector> known;
  std::unique_ptr<MemoryStorage> store;
};

TEST_F(VectorGraphsTest, SaysThatItGoesByWordsWhileTheGraphIsRead) {
  EXPECT_TRUE(search(sample.next()).without_vectors);
  EXPECT_TRUE(is_ready());
  EXPECT_THAT(search(sample.next()).ids, SizeIs(10));
}

TEST_F(VectorGraphsTest, FindsWhatAnExactSearchFinds) {
  expect_as_exact();
}

TEST_F(VectorGraphsTest, FindsItAgainAfterARestartFromTheFile) {
  ASSERT_TRUE(is_saved());
  expect_as_exact();
}

TEST_F(VectorGraphsTest, ASmallTenantBesideItIsSearchedExactlyAndAtOnce) {
  add(2, 30);
  const Answer answer = search(sample.next(), "", 10, 2);
  EXPECT_FALSE(answer.without_vectors);
  EXPECT_THAT(answer.ids, SizeIs(10));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "vectors-2.hnsw"));
}

TEST_F(VectorGraphsTest, TwoLargeTenantsFindTheirOwnAlone) {
  add(2, memories);
  std::set<std::string> own;
  for (const MemoryVector& one : known) own.insert(one.id);
  for (TenantNumber tenant : {1, 2}) {
    ASSERT_TRUE(
        testing_support::eventually([&] { return !search(sample.next(), "", 1, tenant).without_vectors; }));
    const Ids ids = search(sample.next(), "", 1000, tenant).ids;
    EXPECT_THAT(ids, SizeIs(memories));
    for (const std::string& id : ids) EXPECT_EQ(own.contains(id), tenant == 1);
  }
}

TEST_F(VectorGraphsTest, AFilterThatFewPassFindsThemAll) {
  ASSERT_TRUE(is_ready());
  EXPECT_THAT(search(sample.next(), "ann", 10).ids, SizeIs(10));
  EXPECT_THAT(search(sample.next(), "ann", 100).ids, SizeIs(10));
  EXPECT_THAT(search(sample.next(), "nobody", 10).ids, IsEmpty());
  EXPECT_THAT(search(sample.next(), "", 1000).ids, SizeIs(memories));
}

TEST_F(VectorGraphsTest, WhatIsAcknowledgedIsFound) {
  ASSERT_TRUE(is_ready());
  for (int i = 0; i < 30; ++i) {
    add(1, 1);
    EXPECT_EQ(search(known.back().values).ids.front(), known.back().id);
  }
}

TEST_F(VectorGraphsTest, WhatIsRemovedIsGoneAtOnceAndAfterARestart) {
  ASSERT_TRUE(is_saved());
  const std::vector<MemoryVector> removed(known.begin(), known.begin() + 100);
  for (const MemoryVector& one : removed) {
    remove(0);
    EXPECT_THAT(search(one.values).ids, Not(Contains(one.id)));
  }
  expect_as_exact();
  for (const MemoryVector& one : removed) EXPECT_THAT(search(one.values).ids, Not(Contains(one.id)));
}

TEST_F(VectorGraphsTest, ARemovedVectorLeavesNoTraceInTheFile) {
  ASSERT_TRUE(is_saved());
  std::vector<std::int8_t> codes(dimensions);
  search::encode(known[5].values, codes);
  const std::string trace(reinterpret_cast<const char*>(codes.data()), codes.size());
  ASSERT_NE(contents(file()).find(trace), std::string::npos);
  EXPECT_TRUE(write(RemoveMemories{1, now, {known[5].id}}));
  EXPECT_TRUE(testing_support::eventually([&] { return contents(file()).find(trace) == std::string::npos; }));
}

TEST_F(VectorGraphsTest, ATornChangedForeignOrSenselessFileIsMadeAnew) {
  const std::string whole = saved();
  ASSERT_FALSE(whole.empty());
  std::string flipped = whole, newer = whole;
  flipped[whole.size() / 3] = static_cast<char>(flipped[whole.size() / 3] ^ 16);
  newer[8] = 99;
  for (const std::string& bad : {std::string(), whole.substr(0, whole.size() / 2), flipped, newer,
                                 std::string(whole.size(), 'x'), std::string("garbage")}) {
    std::ofstream(file(), std::ios::binary) << bad;
    expect_as_exact();
  }
}

// The same numbers of tenant, embedder and memories, but other vectors.
TEST_F(VectorGraphsTest, AFileOfAnotherStoreCountsForNothing) {
  const std::string foreign = saved();
  std::filesystem::remove_all(folder.path() / "memories.db");
  std::filesystem::remove_all(file());
  known.clear();
  open(exact_vectors);
  EXPECT_TRUE(write(AddTenant{"key 1", base::random_uuid()}));
  EXPECT_TRUE(write(UseEmbedder{now, "small", dimensions}));
  add(1, memories);
  store.reset();
  std::ofstream(file(), std::ios::binary) << foreign;
  expect_as_exact();
}

TEST_F(VectorGraphsTest, AnOldFileIsBroughtUpToDate) {
  const std::string old = saved();
  open(1'000'000);
  for (int i = 0; i < 60; ++i) remove(0);
  add(1, 60);
  store.reset();
  std::ofstream(file(), std::ios::binary) << old;
  expect_as_exact();
  EXPECT_EQ(search(known.back().values).ids.front(), known.back().id);
}

TEST_F(VectorGraphsTest, AnotherEmbedderLeavesNoFile) {
  ASSERT_TRUE(is_saved());
  EXPECT_TRUE(write(UseEmbedder{now, "other", dimensions}));
  EXPECT_TRUE(testing_support::eventually([&] { return !std::filesystem::exists(file()); }));
}

TEST_F(VectorGraphsTest, ATenantThatGrowsIsSearchedWithVectorsAllTheWhile) {
  add(2, 90);
  EXPECT_FALSE(search(sample.next(), "", 10, 2).without_vectors);
  for (int i = 0; i < 30; ++i) {
    add(2, 1);
    const Answer answer = search(sample.next(), "", 10, 2);
    EXPECT_FALSE(answer.without_vectors);
    EXPECT_THAT(answer.ids, SizeIs(10));
  }
}

}  // namespace
}  // namespace memory_api::storage
