// What a storage keeps of vectors: who waits for one, whose it is, and that it goes with its text.
#include <cstring>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/memory_api/memory/memory_service.h"
#include "apps/memory_api/search/tokenizer.h"
#include "apps/memory_api/storage/search_caches.h"
#include "apps/memory_api/storage/sqlite_group_writer.h"
#include "apps/memory_api/storage/sqlite_schema.h"
#include "apps/memory_api/storage/sqlite_storage.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"
#include "tests/support/memory_service.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StorageVectorsTest : public ::testing::Test {
 protected:
  StorageVectorsTest() { reopen(); }

  void reopen() {
    store.reset();
    store = open_sqlite_storage(folder.path()).value();
  }
  base::Result<WriteOutcome> write(WriteOperation operation) {
    return testing::wait_for<WriteOutcome>(
        [&](WriteDone done) { store->write(std::move(operation), std::move(done)); });
  }
  std::string add(const std::string& text, TenantNumber tenant = 1) {
    memory::Memory memory;
    memory.id = base::random_uuid();
    memory.text = text;
    memory.entities.user_id = "ann";
    EXPECT_TRUE(write(AddMemories{tenant, base::random_uuid(), now, {memory}}));
    return memory.id;
  }
  base::Result<WriteOutcome> put(const std::string& id, const std::string& text, std::vector<float> values,
                                 TenantNumber tenant = 1) {
    return write(PutVectors{"small", {{tenant, id, base::xxh3_64(text), std::move(values)}}});
  }
  void change(const std::string& id, memory::MemoryChange change) {
    EXPECT_TRUE(write(UpdateMemories{1, now, {{id, std::move(change)}}}));
  }
  void use(const std::string& name, std::size_t dimensions = 2) {
    EXPECT_TRUE(write(UseEmbedder{now, name, dimensions}));
  }
  std::vector<std::string> waiting() {
    std::vector<std::string> texts;
    for (const WaitingText& text : store->texts_without_vector(100).value()) texts.push_back(text.text);
    return texts;
  }

  base::TemporaryFolder folder = base::TemporaryFolder::create("storage_vectors").value();
  base::UtcTime now{std::chrono::seconds(1'700'000'000)};
  std::unique_ptr<MemoryStorage> store;
};

TEST_F(StorageVectorsTest, AMemoryWaitsFromItsAcknowledgementOnTheNewestFirst) {
  add("first");
  const std::string id = add("second", 2);
  EXPECT_THAT(waiting(), ElementsAre("second", "first"));
  const auto texts = store->texts_without_vector(1).value();
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_EQ(texts[0].id, id);
  EXPECT_EQ(texts[0].tenant, 2);
  EXPECT_EQ(texts[0].since, now);
  EXPECT_EQ(store->vector_backlog().value().waiting, 2u);
  EXPECT_EQ(store->vector_backlog().value().since, now);
}

TEST_F(StorageVectorsTest, TheBacklogIsAsOldAsWhatHasWaitedLongest) {
  const base::UtcTime begin = now;
  const std::string first = add("first");
  now = begin + std::chrono::seconds(5);
  add("second");
  now = begin + std::chrono::seconds(9);
  change(first, {.text = "changed"});
  EXPECT_EQ(store->vector_backlog().value().since, begin + std::chrono::seconds(5));
}

TEST_F(StorageVectorsTest, AVectorEndsTheWaitAlsoOverARestart) {
  use("small");
  const std::string id = add("text");
  EXPECT_EQ(put(id, "text", {1, 0}).value().count, 1u);
  EXPECT_THAT(waiting(), IsEmpty());
  reopen();
  EXPECT_THAT(waiting(), IsEmpty());
  EXPECT_EQ(store->vector_backlog().value().waiting, 0u);
}

TEST_F(StorageVectorsTest, AnEmptyVectorEndsTheWaitToo) {
  use("small");
  EXPECT_TRUE(put(add("text"), "text", {}));
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(StorageVectorsTest, AVectorOfAnOlderTextIsLeftOut) {
  use("small");
  const std::string id = add("old");
  change(id, {.text = "new"});
  EXPECT_EQ(put(id, "old", {1, 0}).value().count, 0u);
  EXPECT_THAT(waiting(), ElementsAre("new"));
}

TEST_F(StorageVectorsTest, AVectorOfAnotherTenantsMemoryIsLeftOut) {
  use("small");
  const std::string id = add("text", 1);
  EXPECT_EQ(put(id, "text", {1, 0}, 2).value().count, 0u);
  EXPECT_THAT(waiting(), ElementsAre("text"));
}

TEST_F(StorageVectorsTest, OnlyAChangeOfTheTextNeedsANewVector) {
  use("small");
  const std::string id = add("text");
  EXPECT_TRUE(put(id, "text", {1, 0}));
  change(id, {.metadata = R"({"a":1})"});
  EXPECT_THAT(waiting(), IsEmpty());
  change(id, {.text = "other"});
  EXPECT_THAT(waiting(), ElementsAre("other"));
}

TEST_F(StorageVectorsTest, WhatIsRemovedWaitsNoLonger) {
  const std::string id = add("text");
  EXPECT_TRUE(write(RemoveMemories{1, now, {id}}));
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(StorageVectorsTest, AnotherEmbedderStartsAnew) {
  use("small");
  const std::string id = add("text");
  EXPECT_TRUE(put(id, "text", {1, 0}));
  use("small");
  EXPECT_THAT(waiting(), IsEmpty());
  use("other", 3);
  EXPECT_THAT(waiting(), ElementsAre("text"));
  EXPECT_EQ(put(id, "text", {1, 0}).error().code, ErrorCode::conflict);
  use("small");
  EXPECT_THAT(waiting(), ElementsAre("text"));
}

// An embedder that came back is in use anew: to read all vectors again would take seconds.
TEST(StorageVectorTables, AreForgottenForAnotherEmbedderAndKeptForTheSame) {
  const auto folder = base::TemporaryFolder::create("storage_vectors").value();
  auto connection = Connection::open(folder.path() / "memories.db", Connection::Mode::write, "").value();
  auto tokenizer = search::Tokenizer::install(connection->handle()).value();
  ASSERT_TRUE(migrate(*connection));
  SearchCaches caches(0, 1 << 20);
  const auto writer = SqliteGroupWriter::make(std::move(connection), std::move(tokenizer), caches).value();
  const auto use = [&](const std::string& name) {
    const WriteOperation operation = UseEmbedder{{}, name, 2};
    const WriteOperation* const group[] = {&operation};
    ASSERT_TRUE(writer->commit(group));
  };
  use("small");
  const auto table = caches.vectors.of(1, 2);
  use("small");
  EXPECT_EQ(caches.vectors.of(1, 2), table);
  use("other");
  EXPECT_NE(caches.vectors.of(1, 2), table);
}

TEST_F(StorageVectorsTest, AVectorOfAnotherLengthIsRefused) {
  use("small");
  EXPECT_EQ(put(add("text"), "text", {1, 0, 0}).error().code, ErrorCode::conflict);
  EXPECT_EQ(store->write_error(), std::nullopt);
}

TEST_F(StorageVectorsTest, ARemovedVectorLeavesNoTraceInTheFile) {
  use("small");
  const std::vector<float> values = {0.123456F, 0.992350F};
  const std::string id = add("text");
  EXPECT_TRUE(put(id, "text", values));
  EXPECT_TRUE(write(RemoveMemories{1, now, {id}}));
  store.reset();
  std::ifstream in(folder.path() / "memories.db", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const std::string floats(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  EXPECT_EQ(bytes.find(floats), std::string::npos);
}

}  // namespace
}  // namespace memory_api::storage
