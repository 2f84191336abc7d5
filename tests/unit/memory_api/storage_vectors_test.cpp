// What SQLite alone promises of vectors; what every engine does stands in
// tests/integration/memory_api_storage.
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

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

TEST(StorageVectors, AreGoneFromTheFileWithTheirMemory) {
  const auto folder = base::TemporaryFolder::create("storage_vectors").value();
  auto store = open_sqlite_storage(folder.path()).value();
  const auto write = [&](WriteOperation operation) {
    const auto written = testing::wait_for<WriteOutcome>(
        [&](WriteDone done) { store->write(std::move(operation), std::move(done)); });
    ASSERT_TRUE(written);
    ASSERT_EQ(written->count, 1u);
  };
  memory::Memory memory;
  memory.id = base::random_uuid();
  memory.text = "text";
  const std::vector<float> values = {0.123456F, 0.992350F};
  ASSERT_TRUE(testing::wait_for<WriteOutcome>(
      [&](WriteDone done) { store->write(UseEmbedder{{}, "small", 2}, std::move(done)); }));
  write(AddMemories{1, base::random_uuid(), {}, {memory}});
  write(PutVectors{"small", {{1, memory.id, base::xxh3_64(memory.text), values}}});
  write(RemoveMemories{1, {}, {memory.id}});
  store.reset();
  std::ifstream in(folder.path() / "memories.db", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const std::string floats(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  EXPECT_EQ(bytes.find(floats), std::string::npos);
}

}  // namespace
}  // namespace memory_api::storage
