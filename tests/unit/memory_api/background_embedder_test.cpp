// Memories get their vectors after they were acknowledged; an embedder that fails costs nothing but vectors.
#include "apps/memory_api/memory/background_embedder.h"

#include <atomic>
#include <optional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/memory_api/storage/sqlite_storage.h"
#include "base/file.h"
#include "tests/support/memory_service.h"
#include "tests/support/waiting.h"

namespace memory_api::memory {
namespace {

using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Texts of the same first letter mean the same.
struct Switches {
  std::atomic<bool> fails = false;
  std::atomic<int> dimensions = 26;
  std::atomic<int> calls = 0;
  std::atomic<bool> refuses = false;     // whatever the text
  std::atomic<bool> busy_after = false;  // a late text keeps it from answering the next call to start
  std::atomic<bool> is_busy = false;
  std::atomic<bool> holds = false;  // calls wait until it lets them go
};

class LetterEmbedder final : public search::Embedder {
 public:
  explicit LetterEmbedder(Switches& switches) : switches_(switches) {}

  base::Result<Identity> start() override {
    if (switches_.fails) return base::fail(ErrorCode::unavailable, "switched off");
    if (switches_.refuses) return base::fail(ErrorCode::invalid_argument, "not any");
    if (switches_.is_busy.exchange(false)) return base::fail(ErrorCode::timeout, "busy");
    return Identity{"letters", static_cast<std::size_t>(switches_.dimensions.load())};
  }
  base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view> texts,
                                                      std::chrono::milliseconds patience) override {
    ++switches_.calls;
    switches_.holds.wait(true);
    if (switches_.fails) return base::fail(ErrorCode::unavailable, "switched off");
    if (switches_.refuses) return base::fail(ErrorCode::invalid_argument, "not any");
    std::vector<std::vector<float>> vectors;
    for (const std::string_view text : texts) {
      if (text == "refused") return base::fail(ErrorCode::invalid_argument, "not this one");
      if (text == "never" || (text == "slow" && (texts.size() > 1 || patience < std::chrono::seconds(3)))) {
        switches_.is_busy = switches_.busy_after && texts.size() == 1;
        return base::fail(ErrorCode::timeout, "too late");
      }
      std::vector<float> vector(static_cast<std::size_t>(switches_.dimensions.load()));
      vector[static_cast<std::size_t>(text.front() - 'a') % vector.size()] = 1;
      vectors.push_back(std::move(vector));
    }
    return vectors;
  }
  bool is_remote() const override { return true; }
  double trust(std::string_view) const override { return 1; }

 private:
  Switches& switches_;
};

class BackgroundEmbedderTest : public ::testing::Test {
 protected:
  BackgroundEmbedderTest() { start(); }

  void start(std::size_t exact_vectors = 100'000) {
    service.reset();
    const storage::SqliteOptions options{.exact_vectors = exact_vectors, .synchronous = false};
    auto storage = storage::open_sqlite_storage(folder.path(), options).value();
    service =
        std::make_unique<MemoryService>(std::move(storage), MemoryService::Keys::open, base::system_clock(),
                                        std::make_unique<LetterEmbedder>(switches));
    tenant = service->authenticate("key").value();
  }
  std::string add(const std::string& text) {
    NewMemory memory;
    memory.text = text;
    memory.entities.user_id = "ann";
    return testing::wait_for<Added>([&](auto done) { service->add(tenant, {memory}, std::move(done)); })
        .value()
        .memories[0]
        .id;
  }
  Found find(const std::string& text, std::size_t top_k = 10) {
    SearchQuery query{.text = text, .filter = testing::of_user("ann"), .top_k = top_k, .threshold = 0};
    return testing::wait_for<Found>([&](auto done) { service->find(tenant, query, std::move(done)); })
        .value();
  }
  std::vector<std::string> found(const std::string& text, std::size_t top_k = 10) {
    std::vector<std::string> texts;
    for (const Scored& scored : find(text, top_k).results) texts.push_back(scored.memory.text);
    return texts;
  }
  bool settles() {
    return testing_support::eventually([&] {
      const auto readiness = service->embedder_readiness().value();
      return readiness.status == Readiness::Status::ok && readiness.waiting == 0;
    });
  }

  Switches switches;
  base::TemporaryFolder folder = base::TemporaryFolder::create("background_embedder").value();
  std::unique_ptr<MemoryService> service;
  Tenant tenant;
};

TEST_F(BackgroundEmbedderTest, AMemoryIsFoundByItsMeaning) {
  add("apple");
  add("banana");
  ASSERT_TRUE(settles());
  EXPECT_THAT(found("anything", 1), ElementsAre("apple"));
  EXPECT_THAT(found("bread", 1), ElementsAre("banana"));
  EXPECT_FALSE(find("bread").without_vectors);
}

TEST_F(BackgroundEmbedderTest, AnAnswerSaysThatVectorsAreStillBeingRead) {
  add("apple");
  ASSERT_TRUE(settles());
  start(0);  // a tenant of one is large
  ASSERT_TRUE(settles());
  EXPECT_TRUE(find("bread").without_vectors);
  EXPECT_TRUE(testing_support::eventually([&] { return !find("bread").without_vectors; }));
  EXPECT_THAT(found("anything", 1), ElementsAre("apple"));
}

TEST_F(BackgroundEmbedderTest, AChangedTextHasItsOwnVector) {
  const std::string id = add("apple");
  add("cherry");
  ASSERT_TRUE(settles());
  ASSERT_TRUE(testing::wait_for<Memory>(
      [&](auto done) { service->update(tenant, id, {.text = "banana"}, std::move(done)); }));
  ASSERT_TRUE(settles());
  EXPECT_THAT(found("bread", 1), ElementsAre("banana"));
}

TEST_F(BackgroundEmbedderTest, ARemovedMemoryIsFoundNoMore) {
  const std::string id = add("apple");
  ASSERT_TRUE(settles());
  EXPECT_THAT(found("anything"), ElementsAre("apple"));
  ASSERT_TRUE(testing::wait_for<void>([&](auto done) { service->remove(tenant, id, std::move(done)); }));
  EXPECT_THAT(found("anything"), IsEmpty());
}

TEST_F(BackgroundEmbedderTest, WithoutTheEmbedderWordsAreFoundAndTheAnswerSaysSo) {
  add("apple pie");
  ASSERT_TRUE(settles());
  switches.fails = true;
  const Found degraded = find("pie");
  EXPECT_TRUE(degraded.without_vectors);
  EXPECT_EQ(degraded.results.size(), 1u);
  EXPECT_EQ(service->embedder_readiness()->status, Readiness::Status::degraded);
  add("another one");
  EXPECT_THAT(found("one"), ElementsAre("another one"));
  switches.fails = false;
  ASSERT_TRUE(settles());
  EXPECT_FALSE(find("pie").without_vectors);
  EXPECT_THAT(found("axe", 2), ElementsAre("another one", "apple pie"));
}

TEST_F(BackgroundEmbedderTest, WhatWaitedAtTheEndIsEmbeddedAfterTheStart) {
  switches.fails = true;
  start();
  add("apple");
  switches.fails = false;
  start();
  ASSERT_TRUE(settles());
  EXPECT_THAT(found("anything"), ElementsAre("apple"));
}

TEST_F(BackgroundEmbedderTest, ATextThatIsRefusedHoldsUpNoOther) {
  add("apple");
  add("refused");
  add("banana");
  ASSERT_TRUE(settles());
  EXPECT_THAT(found("anything", 1), ElementsAre("apple"));
  EXPECT_THAT(found("refused", 1), ElementsAre("refused"));
}

// As a proxy does that knows nothing of the path.
TEST_F(BackgroundEmbedderTest, ARefusalOfEverythingCostsNoMemoryItsVector) {
  ASSERT_TRUE(settles());
  switches.refuses = true;
  add("apple");
  add("banana");
  ASSERT_TRUE(testing_support::eventually([&] { return service->embedder_readiness()->failures > 0; }));
  EXPECT_EQ(service->embedder_readiness()->waiting, 2u);
  switches.refuses = false;
  ASSERT_TRUE(settles());
  EXPECT_THAT(found("anything", 1), ElementsAre("apple"));
  EXPECT_THAT(found("bread", 1), ElementsAre("banana"));
}

TEST_F(BackgroundEmbedderTest, ATextThatTakesLongHasTheTimeAndOneThatTakesForEverHoldsUpNoOther) {
  for (const bool is_busy_after : {false, true}) {
    switches.busy_after = is_busy_after;
    switches.fails = true;
    start();
    for (const char* text : {"apple", "slow", "never", "banana"}) add(text);
    switches.fails = false;
    ASSERT_TRUE(settles());
    EXPECT_THAT(found("anything", 1), ElementsAre("apple"));
    EXPECT_THAT(found("some", 1), ElementsAre("slow"));
    EXPECT_THAT(found("never", 1), ElementsAre("never"));
    ASSERT_TRUE(testing::wait_for<std::size_t>(
        [&](auto done) { service->remove_all(tenant, testing::of_user("ann"), std::move(done)); }));
  }
}

TEST_F(BackgroundEmbedderTest, AModelThatChangedIsNoticedBeforeATextIsGivenUp) {
  add("apple");
  ASSERT_TRUE(settles());
  switches.dimensions = 30;
  add("refused");
  ASSERT_TRUE(testing_support::eventually([&] { return service->embedder_readiness()->failures > 0; }));
  ASSERT_TRUE(settles());
  EXPECT_THAT(found("anything", 1), ElementsAre("apple"));
}

TEST_F(BackgroundEmbedderTest, OtherDimensionsStartAnew) {
  add("apple");
  ASSERT_TRUE(settles());
  switches.dimensions = 30;
  start();
  ASSERT_TRUE(settles());
  EXPECT_THAT(found("anything"), ElementsAre("apple"));
}

// Eight wait for the embedder and 256 for them; nobody who serves connections ever waits for it.
TEST_F(BackgroundEmbedderTest, AQueryForWhichNoThreadIsFreeIsAnsweredByWordsAtOnce) {
  add("apple pie");
  ASSERT_TRUE(settles());
  std::atomic<int> answered = 0;
  const auto ask = [&](int number) {
    SearchQuery query{.text = "pie " + std::to_string(number), .filter = testing::of_user("ann")};
    service->find(tenant, query, [&](const base::Result<Found>&) { ++answered; });
  };
  switches.holds = true;
  const int before = switches.calls;
  for (int i = 0; i < 8; ++i) ask(i);
  ASSERT_TRUE(testing_support::eventually([&] { return switches.calls == before + 8; }));
  for (int i = 8; i < 8 + 256; ++i) ask(i);
  EXPECT_EQ(answered, 0);
  const Found found = find("pie");
  EXPECT_TRUE(found.without_vectors);
  EXPECT_EQ(found.results.size(), 1u);
  EXPECT_EQ(switches.calls, before + 8);
  switches.holds = false;
  switches.holds.notify_all();
  EXPECT_TRUE(testing_support::eventually([&] { return answered == 8 + 256; }));
}

TEST_F(BackgroundEmbedderTest, WhatWaitsIsAnsweredAtTheEndAndWhatComesAfterItToo) {
  service.reset();
  auto storage = storage::open_sqlite_storage(folder.path(), {.synchronous = false}).value();
  BackgroundEmbedder embedder(*storage, std::make_unique<LetterEmbedder>(switches), base::system_clock());
  ASSERT_TRUE(testing_support::eventually([&] { return embedder.readiness().is_up; }));
  std::atomic<int> asking = 0, answered = 0;
  switches.holds = true;
  for (int i = 0; i < 12; ++i) {
    embedder.run([&](bool may_wait) {
      ++asking;
      if (may_wait) static_cast<void>(embedder.embed_query("apple"));
      ++answered;
    });
  }
  ASSERT_TRUE(testing_support::eventually([&] { return asking == 8; }));
  {
    const std::jthread closing([&] { embedder.close(); });
    switches.holds = false;
    switches.holds.notify_all();
  }
  EXPECT_EQ(answered, 12);
  std::optional<bool> last;
  embedder.run([&](bool may_wait) { last = may_wait; });
  EXPECT_EQ(last, false);
}

TEST_F(BackgroundEmbedderTest, AQueryThatIsATextIsFoundBeforeItsVectorIsThere) {
  for (int i = 0; i < 40; ++i) add("the train to Lisbon leaves at " + std::to_string(i));
  ASSERT_TRUE(settles());
  switches.fails = true;
  find("close the circuit");
  add("The and of");
  add("the train to Lisbon");
  EXPECT_EQ(found("the train to Lisbon").front(), "the train to Lisbon");
  EXPECT_THAT(found("The and of"), ElementsAre("The and of"));
}

}  // namespace
}  // namespace memory_api::memory
