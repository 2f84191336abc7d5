// What every engine that keeps vectors promises: who waits for one, whose it is, that it goes with its text,
// and what a search finds by them.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/random.h"
#include "tests/integration/memory_api_storage/engines.h"
#include "tests/support/waiting.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::of_user;
using testing_support::eventually;

class VectorContract : public testing::ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    if (IsSkipped()) return;
    reopen();
    const auto possible = engine->can_keep_vectors();
    ASSERT_TRUE(possible) << base::to_string(possible.error());
    first = new_tenant();
    second = new_tenant();
  }

  void reopen() {
    engine.reset();
    engine = store.open();
  }
  base::Result<WriteOutcome> write(WriteOperation operation) {
    return testing::wait_for<WriteOutcome>(
        [&](WriteDone done) { engine->write(std::move(operation), std::move(done)); });
  }
  TenantNumber new_tenant() {
    return write(AddTenant{base::random_uuid(), base::random_uuid(), true}).value().tenant.number;
  }
  std::string add(memory::Memory memory, TenantNumber tenant) {
    memory.id = base::random_uuid();
    memory.created_at = memory.updated_at = now;
    EXPECT_TRUE(write(AddMemories{tenant, base::random_uuid(), now, {memory}}));
    return memory.id;
  }
  std::string add(const std::string& text, TenantNumber tenant = 0) {
    memory::Memory memory;
    memory.text = text;
    memory.entities.user_id = "ann";
    return add(std::move(memory), tenant == 0 ? first : tenant);
  }
  base::Result<WriteOutcome> put(const std::string& id, const std::string& text, std::vector<float> values,
                                 TenantNumber tenant = 0) {
    return write(
        PutVectors{"small", {{tenant == 0 ? first : tenant, id, base::xxh3_64(text), std::move(values)}}});
  }
  std::string add_with(const std::string& text, std::vector<float> values, TenantNumber tenant = 0) {
    std::string id = add(text, tenant);
    EXPECT_EQ(put(id, text, std::move(values), tenant).value().count, 1u);
    return id;
  }
  void change(const std::string& id, memory::MemoryChange change) {
    EXPECT_TRUE(write(UpdateMemories{first, now, {{id, std::move(change)}}}));
  }
  void use(const std::string& name, std::size_t dimensions = 2) {
    EXPECT_TRUE(write(UseEmbedder{now, name, dimensions}));
  }
  std::vector<std::string> waiting() {
    std::vector<std::string> texts;
    for (const WaitingText& text : engine->texts_without_vector(100).value()) texts.push_back(text.text);
    return texts;
  }
  // Of a store beyond a network it is told a little later.
  bool backlog_becomes(std::size_t count, std::optional<base::UtcTime> since) {
    return eventually([&] {
      const VectorBacklog backlog = engine->vector_backlog().value();
      return backlog.waiting == count && backlog.since == since;
    });
  }

  SearchRequest query(const std::string& text, std::vector<float> values) {
    SearchRequest request{.tenant = first, .text = text};
    request.vector = std::move(values);
    request.embedder = "small";
    return request;
  }
  std::vector<memory::Scored> search(const SearchRequest& request) { return engine->search(request).value(); }
  std::vector<std::string> found(const SearchRequest& request) {
    std::vector<std::string> texts;
    for (const memory::Scored& scored : search(request)) texts.push_back(scored.memory.text);
    return texts;
  }

  base::UtcTime now{std::chrono::seconds(1'700'000'000)};
  std::unique_ptr<MemoryStorage> engine;
  TenantNumber first = 0, second = 0;
};

TEST_P(VectorContract, AMemoryWaitsFromItsAcknowledgementOnTheNewestFirst) {
  add("first");
  const std::string id = add("second", second);
  EXPECT_THAT(waiting(), ElementsAre("second", "first"));
  const auto texts = engine->texts_without_vector(1).value();
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_EQ(texts[0].id, id);
  EXPECT_EQ(texts[0].tenant, second);
  EXPECT_EQ(texts[0].since, now);
  EXPECT_TRUE(backlog_becomes(2, now));
}

TEST_P(VectorContract, TheBacklogIsAsOldAsWhatHasWaitedLongest) {
  const base::UtcTime begin = now;
  const std::string first = add("first");
  now = begin + std::chrono::seconds(5);
  add("second");
  now = begin + std::chrono::seconds(9);
  change(first, {.text = "changed"});
  EXPECT_TRUE(backlog_becomes(2, begin + std::chrono::seconds(5)));
}

TEST_P(VectorContract, AVectorEndsTheWaitAlsoOverARestart) {
  use("small");
  const std::string id = add("text");
  EXPECT_EQ(put(id, "text", {1, 0}).value().count, 1u);
  EXPECT_THAT(waiting(), IsEmpty());
  reopen();
  EXPECT_THAT(waiting(), IsEmpty());
  EXPECT_TRUE(backlog_becomes(0, std::nullopt));
}

TEST_P(VectorContract, AnEmptyVectorEndsTheWaitToo) {
  use("small");
  EXPECT_TRUE(put(add("text"), "text", {}));
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_P(VectorContract, AVectorOfAnOlderTextIsLeftOut) {
  use("small");
  const std::string id = add("old");
  change(id, {.text = "new"});
  EXPECT_EQ(put(id, "old", {1, 0}).value().count, 0u);
  EXPECT_THAT(waiting(), ElementsAre("new"));
}

TEST_P(VectorContract, AVectorOfAnotherTenantsMemoryIsLeftOut) {
  use("small");
  const std::string id = add("text");
  EXPECT_EQ(put(id, "text", {1, 0}, second).value().count, 0u);
  EXPECT_THAT(waiting(), ElementsAre("text"));
}

TEST_P(VectorContract, OnlyAChangeOfTheTextNeedsANewVector) {
  use("small");
  const std::string id = add("text");
  EXPECT_TRUE(put(id, "text", {1, 0}));
  change(id, {.metadata = R"({"a":1})"});
  EXPECT_THAT(waiting(), IsEmpty());
  change(id, {.text = "other"});
  EXPECT_THAT(waiting(), ElementsAre("other"));
}

TEST_P(VectorContract, WhatIsRemovedWaitsNoLonger) {
  const std::string id = add("text");
  EXPECT_TRUE(write(RemoveMemories{first, now, {id}}));
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_P(VectorContract, AnotherEmbedderStartsAnew) {
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

TEST_P(VectorContract, AVectorOfAnotherLengthIsRefused) {
  use("small");
  EXPECT_EQ(put(add("text"), "text", {1, 0, 0}).error().code, ErrorCode::conflict);
  EXPECT_EQ(engine->write_error(), std::nullopt);
}

TEST_P(VectorContract, OnlyWhoMayTakesOverFromAnotherEmbedder) {
  EXPECT_TRUE(write(UseEmbedder{now, "small", 2, false}));
  EXPECT_TRUE(write(UseEmbedder{now, "small", 2, false}));
  const auto refused = write(UseEmbedder{now, "other", 2, false});
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("small"));
  EXPECT_EQ(engine->write_error(), std::nullopt);
  EXPECT_TRUE(eventually([&] { return engine->vector_backlog().value().embedder == "small"; }));
}

// Writes that come together are one transaction.
TEST_P(VectorContract, WhatWaitsAfterAGroupIsWhatItsLastWriteLeft) {
  use("small");
  const std::string changed = add_with("one", {1, 0});
  memory::Memory fleeting;
  fleeting.id = base::random_uuid();
  fleeting.text = "fleeting";
  for (WriteOperation operation : std::vector<WriteOperation>{
           AddMemories{first, base::random_uuid(), now, {fleeting}},
           UpdateMemories{first, now, {{changed, {.text = "two"}}}},
           PutVectors{"small", {{first, changed, base::xxh3_64("one"), {1, 0}}}},
           RemoveMemories{first, now, {fleeting.id}},
       }) {
    engine->write(std::move(operation), [](const auto& outcome) { EXPECT_TRUE(outcome); });
  }
  change(changed, {.text = "one"});
  EXPECT_THAT(waiting(), ElementsAre("one"));
  EXPECT_THAT(found(query("unknown", {1, 0})), IsEmpty());
  EXPECT_EQ(put(changed, "one", {0, 1}).value().count, 1u);
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_P(VectorContract, WhatMeansTheSameIsFoundWithoutACommonWord) {
  use("small");
  add_with("my dog is called Rex", {1, 0});
  add_with("the car needs tyres", {0, 1});
  const auto results = search(query("which pet lives here", {0.8F, 0.6F}));
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].memory.text, "my dog is called Rex");
  EXPECT_NEAR(results[0].score, 0.8, 1e-6);
  EXPECT_NEAR(results[1].score, 0.6, 1e-6);
}

TEST_P(VectorContract, WordsAndMeaningAreFused) {
  use("small");
  add_with("alpha", {0, 1});
  add_with("beta", {1, 0});
  add_with("alpha beta gamma", {0.9F, std::sqrt(1 - 0.81F)});
  EXPECT_EQ(found(query("alpha gamma", {1, 0})).front(), "alpha beta gamma");
}

TEST_P(VectorContract, ATextThatIsTheQueryComesFirstAlsoWithoutAVector) {
  use("small");
  add_with("to be or not to be", {0, 1});
  add_with("something else", {1, 0});
  add(" Hamlet speaks\n");
  EXPECT_EQ(found(query("to be or not to be", {1, 0})).front(), "to be or not to be");
  EXPECT_EQ(found(query("Hamlet speaks", {1, 0})).front(), " Hamlet speaks\n");
}

TEST_P(VectorContract, AVectorCountsNoLongerWhenItsTextChangedOrWent) {
  use("small");
  const std::string changed = add_with("one", {1, 0});
  const std::string removed = add_with("two", {1, 0});
  add_with("three", {1, 0});
  change(changed, {.text = "four"});
  EXPECT_TRUE(write(RemoveMemories{first, now, {removed}}));
  EXPECT_THAT(found(query("unknown", {1, 0})), ElementsAre("three"));
  EXPECT_EQ(put(changed, "four", {1, 0}).value().count, 1u);
  EXPECT_THAT(found(query("unknown", {1, 0})), ElementsAre("three", "four"));
  EXPECT_TRUE(write(RemoveMatching{first, now, of_user("ann")}));
  EXPECT_THAT(found(query("unknown", {1, 0})), IsEmpty());
}

TEST_P(VectorContract, AForeignVectorIsNeverFound) {
  use("small");
  add_with("the secret of the other one", {1, 0}, second);
  EXPECT_THAT(found(query("unknown", {1, 0})), IsEmpty());
  EXPECT_THAT(found(query("secret", {1, 0})), IsEmpty());
}

TEST_P(VectorContract, AnotherEmbeddersVectorSearchesByWordsAlone) {
  use("small");
  add_with("apple pie", {1, 0});
  SearchRequest request = query("unknown", {1, 0});
  request.embedder = "other";
  EXPECT_THAT(found(request), IsEmpty());
  request.text = "pie";
  EXPECT_THAT(found(request), ElementsAre("apple pie"));
  EXPECT_THAT(found(query("unknown", {1, 0, 0})), IsEmpty());
}

TEST_P(VectorContract, ATextTheEmbedderRefusedIsFoundByItsWords) {
  use("small");
  const std::string id = add("refused words");
  EXPECT_TRUE(put(id, "refused words", {}));
  EXPECT_THAT(found(query("words", {1, 0})), ElementsAre("refused words"));
}

TEST_P(VectorContract, WhatIsBelowTheThresholdOrExpiredIsLeftOut) {
  use("small");
  memory::Memory expired;
  expired.text = "expired";
  expired.entities.user_id = "ann";
  expired.expiration = memory::Expiration{"2001-01-01", base::from_unix_seconds(978'307'200)};
  ASSERT_TRUE(put(add(expired, first), "expired", {1, 0}));
  add_with("near", {0.8F, 0.6F});
  add_with("far", {0, 1});
  SearchRequest request = query("unknown", {1, 0});
  request.expired_before = now;
  request.threshold = 0.1;
  EXPECT_THAT(found(request), ElementsAre("near"));
  request.expired_before = std::nullopt;
  EXPECT_THAT(found(request), ElementsAre("expired", "near"));
}

// Against a plain search through all of them: the order is that of the cosines, whatever the filter, and as
// many are found as there are, up to what is asked for.
TEST_P(VectorContract, AFilterDecidesWhoIsFoundNotHowMany) {
  constexpr std::size_t dimensions = 8;
  constexpr int count = 300;
  use("small", dimensions);
  base::Random random(7);
  const auto unit_vector = [&] {
    std::vector<float> values(dimensions);
    float squares = 0;
    for (float& value : values) {
      value = static_cast<float>(random.uniform() - 0.5);
      squares += value * value;
    }
    for (float& value : values) value /= std::sqrt(squares);
    return values;
  };
  const std::vector<float> wanted = unit_vector();
  struct Known {
    memory::Memory memory;
    double cosine = 0;
  };
  std::vector<Known> known;
  AddMemories additions{first, base::random_uuid(), now, {}};
  PutVectors vectors{"small", {}};
  for (int i = 0; i < count; ++i) {
    memory::Memory memory;
    memory.id = base::random_uuid();
    memory.text = "number " + std::to_string(i);
    memory.entities.user_id = i % 10 == 0 ? "ann" : "bob";
    memory.metadata = i % 40 == 0 ? R"({"rare":true})" : R"({"rare":false})";
    memory.created_at = memory.updated_at = now;
    additions.memories.push_back(memory);
    const auto values = unit_vector();
    vectors.vectors.push_back({first, memory.id, base::xxh3_64(memory.text), values});
    double cosine = 0;
    for (std::size_t d = 0; d < dimensions; ++d) cosine += static_cast<double>(values[d]) * wanted[d];
    known.push_back({memory, cosine});
  }
  ASSERT_TRUE(write(additions));
  ASSERT_EQ(write(vectors).value().count, static_cast<std::size_t>(count));
  std::ranges::sort(known, std::ranges::greater(), &Known::cosine);
  const std::vector<memory::Filter> filters = {
      memory::all_of({}), of_user("ann"), of_user("nobody"),
      memory::where_metadata("rare", memory::Operator::equals, {memory::Value(true)}),
      memory::all_of(
          {of_user("ann"), memory::where_metadata("rare", memory::Operator::equals, {memory::Value(true)})})};
  for (const memory::Filter& filter : filters) {
    for (const std::size_t top_k : {1, 5, 20}) {
      std::vector<std::string> expected;
      for (const Known& one : known) {
        if (expected.size() < top_k && memory::matches(filter, one.memory))
          expected.push_back(one.memory.text);
      }
      SearchRequest request = query("unknown", wanted);
      request.filter = filter;
      request.top_k = top_k;
      EXPECT_EQ(found(request), expected) << top_k;
      request.text = "number";  // all of them hold it
      EXPECT_EQ(found(request).size(), expected.size()) << top_k;
      request.vector.clear();
      EXPECT_EQ(found(request).size(), expected.size()) << top_k;
    }
  }
}

PLIMSOLL_VECTOR_ENGINES(VectorContract);

}  // namespace
}  // namespace memory_api::storage
