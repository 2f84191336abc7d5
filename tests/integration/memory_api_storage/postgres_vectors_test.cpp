// Vectors and the ways of a PostgreSQL: without the extension, a role that may not make it, several
// processes, a server that goes away.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/memory_api/search/embedder.h"
#include "apps/memory_api/storage/postgres_storage.h"
#include "base/random.h"
#include "tests/support/memory_service.h"
#include "tests/support/postgres_server.h"
#include "tests/support/waiting.h"

namespace memory_api::memory {
namespace {

using base::ErrorCode;
using test_support::PostgresServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::of_user;
using ::testing::SizeIs;
using testing_support::eventually;
using Kind = PostgresServer::Kind;

// Texts of the same first letter mean the same.
class LetterEmbedder final : public search::Embedder {
 public:
  explicit LetterEmbedder(std::string name) : name_(std::move(name)) {}

  base::Result<Identity> start() override { return Identity{name_, letters}; }
  base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view> texts,
                                                      std::chrono::milliseconds) override {
    std::vector<std::vector<float>> vectors;
    for (const std::string_view text : texts) {
      vectors.emplace_back(letters).at(static_cast<std::size_t>(text.front() - 'a')) = 1;
    }
    return vectors;
  }
  bool is_remote() const override { return false; }
  double trust(std::string_view) const override { return 1; }

 private:
  static constexpr std::size_t letters = 26;
  std::string name_;
};

// One process on a database.
class Process {
 public:
  explicit Process(const std::string& url, const std::string& embedder = "letters") {
    auto storage = storage::open_postgres_storage({.url = url}).value();
    service_ = std::make_unique<MemoryService>(
        std::move(storage), MemoryService::Keys::open, base::system_clock(),
        embedder.empty() ? nullptr : std::make_unique<LetterEmbedder>(embedder));
    tenant_ = service_->authenticate("key").value();
  }

  base::Result<Added> add(const std::string& text) {
    NewMemory memory;
    memory.text = text;
    memory.entities.user_id = "ann";
    return testing::wait_for<Added>([&](auto done) { service_->add(tenant_, {memory}, std::move(done)); });
  }
  void change(const std::string& id, const std::string& text) {
    static_cast<void>(testing::wait_for<Memory>(
        [&](auto done) { service_->update(tenant_, id, {.text = text}, std::move(done)); }));
  }
  void remove(const std::string& id) {
    static_cast<void>(
        testing::wait_for<void>([&](auto done) { service_->remove(tenant_, id, std::move(done)); }));
  }
  base::Result<Found> find(const std::string& text) {
    SearchQuery query{.text = text, .filter = of_user("ann"), .threshold = 0.1};
    return testing::wait_for<Found>([&](auto done) { service_->find(tenant_, query, std::move(done)); });
  }
  std::vector<std::string> found(const std::string& text) {
    std::vector<std::string> texts;
    const auto answer = find(text);
    if (!answer) return {base::to_string(answer.error())};
    for (const Scored& scored : answer->results) texts.push_back(scored.memory.text);
    return texts;
  }
  // A text without a common word is found.
  bool comes_to_find(const std::string& text, const std::string& query) {
    return eventually([&] { return found(query) == std::vector{text}; });
  }
  bool becomes(Readiness::Status status) {
    return eventually([&] { return embedder().status == status && embedder().reason != "starting"; });
  }
  EmbedderReadiness embedder() { return service_->embedder_readiness().value(); }
  MemoryService& operator*() { return *service_; }

 private:
  std::unique_ptr<MemoryService> service_;
  Tenant tenant_;
};

class PostgresVectorsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = PostgresServer::missing(Kind::with_vectors); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    url = server().create_database();
  }
  static PostgresServer& server() { return test_support::shared_postgres(Kind::with_vectors); }

  std::string url;
};

TEST_F(PostgresVectorsTest, EachProcessFindsWhatAnotherEmbedded) {
  Process one(url), other(url), without(url, "");
  ASSERT_TRUE(one.add("apple"));
  EXPECT_TRUE(one.comes_to_find("apple", "avocado"));
  EXPECT_TRUE(other.comes_to_find("apple", "avocado"));
  ASSERT_TRUE(without.add("banana"));  // which embeds nothing itself
  EXPECT_TRUE(one.comes_to_find("banana", "bread"));
}

TEST_F(PostgresVectorsTest, TheProcessStartedLastDecidesWhoseVectorsAreKept) {
  Process one(url, "letters");
  ASSERT_TRUE(one.add("apple"));
  ASSERT_TRUE(one.comes_to_find("apple", "avocado"));
  {
    Process other(url, "runes");
    EXPECT_TRUE(other.comes_to_find("apple", "avocado"));
    EXPECT_TRUE(one.becomes(Readiness::Status::degraded));
    EXPECT_TRUE(eventually([&] { return one.embedder().reason.contains("runes"); }));
    EXPECT_TRUE(one.find("apple").value().without_vectors);
    EXPECT_THAT(one.found("apple"), ElementsAre("apple"));
    EXPECT_FALSE(other.find("apple").value().without_vectors);
  }
  Process again(url, "letters");
  EXPECT_TRUE(one.comes_to_find("apple", "avocado"));
  EXPECT_TRUE(one.becomes(Readiness::Status::ok));
}

TEST_F(PostgresVectorsTest, WhatWaitsOutlivesAServerThatIsKilled) {
  Process process(url);
  ASSERT_TRUE(process.add("apple"));
  ASSERT_TRUE(process.comes_to_find("apple", "avocado"));
  {
    Process without(url, "");
    ASSERT_TRUE(without.add("banana"));
  }
  server().kill();
  EXPECT_FALSE(process.find("avocado"));
  EXPECT_FALSE(process.add("never"));
  server().start();
  EXPECT_TRUE(process.comes_to_find("banana", "bread"));
  EXPECT_TRUE(process.comes_to_find("apple", "avocado"));
  EXPECT_TRUE(process.becomes(Readiness::Status::ok));
}

// Two processes write and embed while the server is killed again and again: in the end every memory has its
// vector, and no vector is without its memory.
TEST_F(PostgresVectorsTest, NoMemoryIsForgottenWhateverBreaksMeanwhile) {
  Process one(url), other(url);
  std::atomic<bool> is_over = false;
  const auto write = [&](Process& process, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<std::string> ids;
    while (!is_over) {
      if (ids.empty() || random.below(3) > 0) {
        if (const auto added = process.add("a text")) ids.push_back(added->memories[0].id);
      } else if (random.below(2) == 0) {
        process.change(ids[random.below(ids.size())], "b text");
      } else {
        process.remove(ids[random.below(ids.size())]);
      }
    }
  };
  std::vector<std::jthread> writers;
  writers.emplace_back([&] { write(one, 1); });
  writers.emplace_back([&] { write(other, 2); });
  for (int kill = 0; kill < 3; ++kill) {
    const std::uint64_t before = one.embedder().stored;
    EXPECT_TRUE(eventually([&] { return one.embedder().stored > before + 5; }));
    server().kill();
    server().start();
  }
  is_over = true;
  writers.clear();
  ASSERT_TRUE(one.add("zebra"));
  EXPECT_TRUE(one.comes_to_find("zebra", "zoo"));
  EXPECT_TRUE(eventually([&] { return one.embedder().waiting == 0; }));
  server().run(url, R"sql(DO $$ BEGIN
    ASSERT (SELECT count(*) FROM memory_api.memories) > 20, 'too little was written';
    ASSERT NOT EXISTS (SELECT FROM memory_api.vectors_waiting), 'something waits';
    ASSERT NOT EXISTS (SELECT FROM memory_api.memories m WHERE NOT EXISTS
      (SELECT FROM memory_api.vectors v WHERE v.row = m.row AND v.tenant = m.tenant)), 'a memory was forgotten';
    ASSERT NOT EXISTS (SELECT FROM memory_api.vectors v WHERE NOT EXISTS
      (SELECT FROM memory_api.memories m WHERE m.row = v.row)), 'a vector outlived its memory';
    ASSERT NOT EXISTS (SELECT FROM memory_api.vectors v JOIN memory_api.memories m USING (row)
      WHERE (v.floats::real[])[1 + ascii(m.text) - ascii('a')] <> 1), 'a vector is of another text';
  END $$)sql");
}

TEST_F(PostgresVectorsTest, AServerThatHangsIsWaitedForByNobodyAndUsedAgain) {
  Process process(url);
  ASSERT_TRUE(process.add("apple"));
  ASSERT_TRUE(process.comes_to_find("apple", "avocado"));
  server().freeze();
  EXPECT_FALSE(process.find("avocado"));
  EXPECT_EQ(process.embedder().model, "letters");  // asked of nobody
  server().thaw();
  EXPECT_TRUE(process.comes_to_find("apple", "avocado"));
  EXPECT_TRUE(eventually([&] { return process.add("banana").has_value(); }));
  EXPECT_TRUE(eventually([&] { return !process.found("bread").empty(); }));
}

// The extension that an administrator takes away, and makes again.
TEST_F(PostgresVectorsTest, WithoutItsExtensionItGoesByWordsUntilItIsBack) {
  Process process(url);
  ASSERT_TRUE(process.add("apple"));
  ASSERT_TRUE(process.comes_to_find("apple", "avocado"));
  server().run(url, "DROP EXTENSION vector CASCADE");
  EXPECT_THAT(process.found("apple"), ElementsAre("apple"));
  EXPECT_TRUE(process.comes_to_find("apple", "avocado"));
}

TEST_F(PostgresVectorsTest, TheExtensionMayLieInAnySchema) {
  server().run(url, "CREATE SCHEMA \"Else where\"; CREATE EXTENSION vector SCHEMA \"Else where\"");
  Process process(url);
  ASSERT_TRUE(process.add("apple"));
  EXPECT_TRUE(process.comes_to_find("apple", "avocado"));
}

TEST_F(PostgresVectorsTest, ARoleThatMayNotMakeTheExtensionSaysSoUntilItIsThere) {
  const std::string owner = "owner" + std::to_string(::getpid());
  const std::string database = url.substr(url.rfind('/') + 1);
  server().run(url, "CREATE ROLE " + owner + " LOGIN; GRANT CREATE ON DATABASE " + database + " TO " + owner);
  std::string as_owner = url;
  as_owner.replace(as_owner.find("postgres@"), std::string("postgres").size(), owner);
  EXPECT_EQ(storage::open_postgres_storage({.url = as_owner}).value()->can_keep_vectors().error().code,
            ErrorCode::unsupported);
  Process process(as_owner);
  ASSERT_TRUE(process.add("apple"));
  EXPECT_TRUE(process.becomes(Readiness::Status::degraded));
  EXPECT_THAT(process.embedder().reason, HasSubstr("CREATE EXTENSION vector"));
  EXPECT_THAT(process.embedder().reason, HasSubstr("permission denied"));
  EXPECT_TRUE(process.find("apple").value().without_vectors);
  server().run(url, "CREATE EXTENSION vector");
  EXPECT_TRUE(process.comes_to_find("apple", "avocado"));
  EXPECT_TRUE(process.becomes(Readiness::Status::ok));
}

TEST(PostgresWithoutPgvector, GoesByWordsAloneAndSaysSo) {
  if (const auto missing = PostgresServer::missing(); !missing.empty()) GTEST_SKIP() << missing;
  if (PostgresServer::usual_has_vectors()) GTEST_SKIP() << "the machine's PostgreSQL has pgvector";
  const std::string url = test_support::shared_postgres().create_database();
  const auto refused = storage::open_postgres_storage({.url = url}).value()->can_keep_vectors();
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  Process process(url);
  ASSERT_TRUE(process.add("apple pie"));
  EXPECT_TRUE(process.becomes(Readiness::Status::degraded));
  EXPECT_THAT(process.embedder().reason, HasSubstr("extension \"vector\" is not available"));
  EXPECT_TRUE(eventually([&] { return process.embedder().waiting == 1; }));
  const Found found = process.find("pie").value();
  EXPECT_THAT(found.results, SizeIs(1));
  EXPECT_TRUE(found.without_vectors);
  EXPECT_EQ((*process).readiness().status, Readiness::Status::ok);
  Process by_words(url, "");
  EXPECT_FALSE(by_words.find("pie").value().without_vectors);
}

}  // namespace
}  // namespace memory_api::memory
