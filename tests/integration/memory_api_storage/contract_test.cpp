// What every storage engine promises, asked through the service that stands on it.
#include <algorithm>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/integration/memory_api_storage/engines.h"

namespace memory_api::memory {
namespace {

using base::ErrorCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::of_user;
using testing::Service;
using ::testing::SizeIs;

class Contract : public testing::ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    if (IsSkipped()) return;
    reopen();
    ann = service.tenant("key-of-ann");
    bob = service.tenant("key-of-bob");
  }
  void reopen() {
    service = Service();  // closed before it is opened again
    service = open(clock);
  }

  base::ManualClock clock{base::UtcTime(std::chrono::days(20'000))};
  Service service;
  Tenant ann;
  Tenant bob;

  NewMemory new_memory(std::string text, EntityIds entities) {
    NewMemory memory;
    memory.text = std::move(text);
    memory.entities = std::move(entities);
    return memory;
  }
  std::string add(const Tenant& tenant, const std::string& user, const std::string& text) {
    return service.add(tenant, user, text).value().memories.front().id;
  }
};

TEST_P(Contract, GivesBackWhatWasAdded) {
  NewMemory memory = new_memory("Ann drinks her tea without sugar", {"ann", "assistant", "kitchen", "run-1"});
  memory.metadata = R"({"cup":"blue","size":2})";
  memory.categories = {"food", "habits"};
  memory.role = "assistant";
  memory.created_at = base::from_unix_seconds(1'700'000'000);
  memory.expiration = Expiration{"2030-01-01", base::from_unix_seconds(1'893'542'400)};
  const Added added = service.add(ann, {memory}).value();
  ASSERT_THAT(added.memories, SizeIs(1));
  const Memory got = service->get(ann, added.memories[0].id).value();
  EXPECT_EQ(got, added.memories[0]);
  EXPECT_EQ(got.text, memory.text);
  EXPECT_EQ(got.entities, memory.entities);
  EXPECT_EQ(got.metadata, memory.metadata);
  EXPECT_EQ(got.categories, memory.categories);
  EXPECT_EQ(got.created_at, *memory.created_at);
  EXPECT_EQ(got.expiration, memory.expiration);
  EXPECT_EQ(service->event(ann, added.event_id).value().memories, added.memories);
}

TEST_P(Contract, RefusesWhatIsNoMemory) {
  const auto refused = [&](NewMemory memory) {
    const auto added = service.add(ann, {std::move(memory)});
    return added ? "was taken" : base::to_string(added.error());
  };
  EXPECT_THAT(refused(new_memory("", {"ann"})), HasSubstr("text"));
  EXPECT_THAT(refused(new_memory(" \n", {"ann"})), HasSubstr("text"));
  EXPECT_THAT(refused(new_memory("\xff", {"ann"})), HasSubstr("UTF-8"));
  EXPECT_THAT(refused(new_memory("x", {})), HasSubstr("user_id"));
  EXPECT_THAT(refused(new_memory("x", {"", std::string(257, 'a')})), HasSubstr("agent_id"));
  EXPECT_THAT(refused(new_memory("x", {"*"})), HasSubstr("user_id"));
  NewMemory memory = new_memory("x", {"ann"});
  memory.metadata = "[1]";
  EXPECT_THAT(refused(memory), HasSubstr("metadata"));
  EXPECT_EQ(service.add(ann, std::vector<NewMemory>{}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(service.add(ann, std::vector<NewMemory>(1001, new_memory("x", {"ann"}))).error().code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(service->list(ann, {}).value().total, 0u);
}

TEST_P(Contract, NeverShowsATenantToAnother) {
  const Added added = service.add(ann, "ann", "the secret of Ann").value();
  const std::string id = added.memories[0].id;
  ASSERT_TRUE(service.put_document(ann, "export", "one", "{}"));
  EXPECT_EQ(service->get(bob, id).error().code, ErrorCode::not_found);
  EXPECT_EQ(service->history(bob, id).error().code, ErrorCode::not_found);
  EXPECT_EQ(service->event(bob, added.event_id).error().code, ErrorCode::not_found);
  EXPECT_EQ(service->document(bob, "export", "one").error().code, ErrorCode::not_found);
  EXPECT_EQ(service.update(bob, id, {.text = "stolen"}).error().code, ErrorCode::not_found);
  EXPECT_EQ(service.remove(bob, id).error().code, ErrorCode::not_found);
  EXPECT_EQ(service.remove_batch(bob, {id}).error().code, ErrorCode::not_found);
  EXPECT_EQ(service.remove_all(bob, of_user("ann")), 0u);
  EXPECT_EQ(service->list(bob, {of_user("ann")}).value().total, 0u);
  EXPECT_THAT(service->search(bob, {"secret", of_user("ann")}).value(), IsEmpty());
  EXPECT_EQ(service->entities(bob, {}).value().total, 0u);
  EXPECT_EQ(service->get(ann, id).value().text, "the secret of Ann");
}

TEST_P(Contract, ChangesOnlyWhatIsGiven) {
  NewMemory memory = new_memory("likes tea", {"ann"});
  memory.metadata = R"({"a":1})";
  memory.expiration = Expiration{"2030-01-01", base::from_unix_seconds(1'893'542'400)};
  const std::string id = service.add(ann, {memory}).value().memories[0].id;
  clock.advance(std::chrono::seconds(5));

  Memory changed = service.update(ann, id, {.text = "likes coffee"}).value();
  EXPECT_EQ(changed.text, "likes coffee");
  EXPECT_EQ(changed.metadata, memory.metadata);
  EXPECT_EQ(changed.expiration, memory.expiration);
  EXPECT_EQ(changed.updated_at - changed.created_at, std::chrono::seconds(5));
  EXPECT_EQ(service->get(ann, id), changed);

  changed = service.update(ann, id, {.metadata = "", .expiration = std::optional<Expiration>()}).value();
  EXPECT_EQ(changed.text, "likes coffee");
  EXPECT_EQ(changed.metadata, "");
  EXPECT_FALSE(changed.expiration);
  EXPECT_THAT(service->search(ann, {"tea", of_user("ann")}).value(), IsEmpty());
  EXPECT_THAT(service->search(ann, {"coffee", of_user("ann")}).value(), SizeIs(1));
  EXPECT_EQ(service.update(ann, id, {}).error().code, ErrorCode::invalid_argument);
}

TEST_P(Contract, TellsAMemorysHistory) {
  const std::string id = add(ann, "ann", "one");
  ASSERT_TRUE(service.update(ann, id, {.text = "two"}));
  ASSERT_TRUE(service.update(ann, id, {.text = "three"}));
  const auto step = [](HistoryEvent event, std::optional<std::string> old_text,
                       std::optional<std::string> now) {
    return AllOf(Field(&HistoryEntry::event, event), Field(&HistoryEntry::old_text, old_text),
                 Field(&HistoryEntry::new_text, now));
  };
  EXPECT_THAT(service->history(ann, id).value(),
              ElementsAre(step(HistoryEvent::added, {}, "one"), step(HistoryEvent::updated, "one", "two"),
                          step(HistoryEvent::updated, "two", "three")));
  ASSERT_TRUE(service.remove(ann, id));
  EXPECT_THAT(service->history(ann, id).value(),
              ElementsAre(step(HistoryEvent::added, {}, {}), step(HistoryEvent::updated, {}, {}),
                          step(HistoryEvent::updated, {}, {}), step(HistoryEvent::deleted, {}, {})));
}

TEST_P(Contract, ForgetsWhatIsRemoved) {
  const Added added = service.add(ann, "ann", "a plan for the harbour").value();
  const std::string id = added.memories[0].id;
  ASSERT_TRUE(service.put_document(ann, "feedback", id, "{}"));
  ASSERT_TRUE(service.remove(ann, id));
  EXPECT_EQ(service->get(ann, id).error().code, ErrorCode::not_found);
  EXPECT_EQ(service.remove(ann, id).error().code, ErrorCode::not_found);
  EXPECT_THAT(service->search(ann, {"harbour", of_user("ann")}).value(), IsEmpty());
  EXPECT_THAT(service->event(ann, added.event_id).value().memories, IsEmpty());
  EXPECT_EQ(service->document(ann, "feedback", id).error().code, ErrorCode::not_found);
}

TEST_P(Contract, KnowsNoOtherFormOfAnId) {
  const std::string id = add(ann, "ann", "x");
  std::string upper = id;
  std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  for (const std::string& wrong :
       {upper, id + " ", std::string(), std::string("x"), id.substr(1), "../" + id}) {
    if (wrong == id) continue;
    EXPECT_EQ(service->get(ann, wrong).error().code, ErrorCode::not_found) << wrong;
    EXPECT_EQ(service.remove(ann, wrong).error().code, ErrorCode::not_found) << wrong;
    EXPECT_EQ(service->history(ann, wrong).error().code, ErrorCode::not_found) << wrong;
  }
}

TEST_P(Contract, ListsNewestFirstPageByPage) {
  for (int i = 0; i < 5; ++i) {
    add(ann, "ann", "memory " + std::to_string(i));
    clock.advance(std::chrono::seconds(i == 2 ? 0 : 1));  // two at the same time
  }
  add(ann, "other", "not hers");
  std::vector<std::string> texts;
  for (std::size_t page = 1; page <= 3; ++page) {
    const auto listed = service->list(ann, {of_user("ann"), {page, 2}}).value();
    EXPECT_EQ(listed.total, 5u);
    for (const Memory& memory : listed.items) texts.push_back(memory.text);
  }
  EXPECT_THAT(texts, ElementsAre("memory 4", "memory 3", "memory 2", "memory 1", "memory 0"));
  EXPECT_THAT(service->list(ann, {of_user("ann"), {4, 2}}).value().items, IsEmpty());
  EXPECT_EQ(service->list(ann, {of_user("ann"), {0, 2}}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(service->list(ann, {of_user("ann"), {1, 0}}).error().code, ErrorCode::invalid_argument);
}

TEST_P(Contract, HidesWhatHasExpired) {
  NewMemory memory = new_memory("the code is 7", {"ann"});
  memory.expiration = Expiration{"soon", clock.utc() + std::chrono::hours(1)};
  const std::string id = service.add(ann, {memory}).value().memories[0].id;
  EXPECT_EQ(service->list(ann, {of_user("ann")}).value().total, 1u);
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(service->list(ann, {of_user("ann")}).value().total, 0u);
  EXPECT_THAT(service->search(ann, {"code", of_user("ann")}).value(), IsEmpty());
  EXPECT_EQ(service->list(ann, {of_user("ann"), {}, true}).value().total, 1u);
  EXPECT_THAT(service->search(ann, {.text = "code", .filter = of_user("ann"), .show_expired = true}).value(),
              SizeIs(1));
  EXPECT_TRUE(service->get(ann, id));
  EXPECT_EQ(service.remove_all(ann, of_user("ann")), 1u);
}

TEST_P(Contract, RemovesExactlyWhatTheFilterNames) {
  add(ann, "ann", "one");
  add(ann, "ann", "two");
  add(ann, "other", "three");
  service.add(ann, {new_memory("four", {"", "robot"})}).value();
  EXPECT_EQ(service.remove_all(ann, {}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(service.remove_all(ann, none_of({of_user("ann")})).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(service.remove_all(ann, where(memory::Field::user_id, Operator::not_equals, {Value("ann")}))
                .error()
                .code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(service->list(ann, {}).value().total, 4u);
  EXPECT_EQ(service.remove_all(ann, of_user("ann")), 2u);
  EXPECT_EQ(service.remove_all(ann, of_user("ann")), 0u);
  EXPECT_EQ(service.remove_all(ann, of_entities({"*"})), 1u);
  EXPECT_EQ(service->list(ann, {}).value().items.front().text, "four");
}

TEST_P(Contract, DoesABatchWhollyOrNotAtAll) {
  const std::string one = add(ann, "ann", "one");
  const std::string two = add(ann, "ann", "two");
  const std::string unknown = "00000000-0000-4000-8000-000000000000";

  auto failed = service.update_batch(ann, {{one, {.text = "uno"}}, {unknown, {.text = "x"}}});
  EXPECT_EQ(failed.error().code, ErrorCode::not_found);
  EXPECT_THAT(failed.error().message, HasSubstr("1 of 2"));
  EXPECT_EQ(service->get(ann, one).value().text, "one");
  failed = service.remove_batch(ann, {one, two, unknown, "x"});
  EXPECT_THAT(failed.error().message, HasSubstr("2 of 4"));
  EXPECT_EQ(service->list(ann, {}).value().total, 2u);
  EXPECT_EQ(service.remove_batch(ann, {one, one}).error().code, ErrorCode::conflict);
  EXPECT_EQ(service.remove_batch(ann, {}).error().code, ErrorCode::invalid_argument);

  EXPECT_EQ(service.update_batch(ann, {{one, {.text = "uno"}}, {two, {.metadata = R"({"n":2})"}}}), 2u);
  EXPECT_EQ(service->get(ann, one).value().text, "uno");
  EXPECT_EQ(service->get(ann, two).value().metadata, R"({"n":2})");
  EXPECT_EQ(service.remove_batch(ann, {one, two}), 2u);
  EXPECT_EQ(service->list(ann, {}).value().total, 0u);
}

TEST_P(Contract, ListsAndRemovesEntities) {
  service.add(ann, {new_memory("one", {"ann", "robot"})}).value();
  clock.advance(std::chrono::seconds(1));
  service.add(ann, {new_memory("two", {"ann", "", "app", "run"})}).value();
  const auto entity = [](EntityType type, const char* name, std::size_t memories) {
    return AllOf(Field(&Entity::type, type), Field(&Entity::name, name), Field(&Entity::memories, memories));
  };
  const auto listed = service->entities(ann, {}).value();
  EXPECT_EQ(listed.total, 4u);
  EXPECT_THAT(listed.items,
              ElementsAre(entity(EntityType::user, "ann", 2), entity(EntityType::agent, "robot", 1),
                          entity(EntityType::app, "app", 1), entity(EntityType::run, "run", 1)));
  EXPECT_EQ(listed.items[0].updated_at - listed.items[0].created_at, std::chrono::seconds(1));
  EXPECT_EQ(listed.items[0].id, service->entities(ann, {}).value().items[0].id);
  EXPECT_THAT(service->entities(ann, {2, 3}).value().items, ElementsAre(entity(EntityType::run, "run", 1)));

  EXPECT_EQ(service.remove_entity(ann, EntityType::agent, "robot"), 1u);
  EXPECT_EQ(service.remove_entity(ann, EntityType::agent, "robot"), 0u);
  EXPECT_EQ(service.remove_entity(ann, EntityType::user, "ann"), 1u);
  EXPECT_EQ(service->entities(ann, {}).value().total, 0u);
}

TEST_P(Contract, KeepsDocuments) {
  ASSERT_TRUE(service.put_document(ann, "project", "settings", R"({"a":1})"));
  ASSERT_TRUE(service.put_document(ann, "project", "settings", R"({"a":2})"));
  EXPECT_EQ(service->document(ann, "project", "settings"), R"({"a":2})");
  EXPECT_EQ(service.put_document(ann, "", "k", "{}").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(service.put_document(ann, "k", "k", std::string((1 << 20) + 1, ' ')).error().code,
            ErrorCode::invalid_argument);
}

TEST_P(Contract, IsReadyAndCounts) {
  add(ann, "ann", "x");
  const Readiness readiness = service->readiness();
  EXPECT_EQ(readiness.status, Readiness::Status::ok);
  EXPECT_EQ(readiness.since, base::UtcTime(std::chrono::days(20'000)));
  EXPECT_GE(service->counters().writes, 1u);
  EXPECT_EQ(service->counters().waiting, 0u);
}

TEST_P(Contract, RefusesAfterClosing) {
  service->close();
  EXPECT_EQ(service.add(ann, "ann", "x").error().code, ErrorCode::unavailable);
}

TEST_P(Contract, KeepsEverythingWhenItIsOpenedAgain) {
  const std::string id = add(ann, "ann", "kept for good");
  ASSERT_TRUE(service.update(ann, id, {.text = "kept for ever"}));
  const std::string gone = add(ann, "ann", "gone for good");
  ASSERT_TRUE(service.remove(ann, gone));
  reopen();
  const Tenant again = service.tenant("key-of-ann");
  EXPECT_EQ(again.number, ann.number);
  EXPECT_EQ(service->get(again, id).value().text, "kept for ever");
  EXPECT_THAT(service->history(again, id).value(), SizeIs(2));
  EXPECT_EQ(service->get(again, gone).error().code, ErrorCode::not_found);
  EXPECT_THAT(service->search(again, {"good", of_user("ann")}).value(), IsEmpty());
  EXPECT_THAT(service->search(again, {"ever", of_user("ann")}).value(), SizeIs(1));
}

TEST_P(Contract, FindsByWordsBestFirst) {
  const std::string both = add(ann, "ann", "the blue harbour at night");
  const std::string one = add(ann, "ann", "a harbour");
  add(ann, "ann", "nothing of the kind");
  add(bob, "ann", "the blue harbour of Bob");
  const auto found = service->search(ann, {.text = "blue HARBOURS?", .filter = of_user("ann")}).value();
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].memory.id, both);
  EXPECT_EQ(found[1].memory.id, one);
  EXPECT_GT(found[0].score, found[1].score);
  EXPECT_LT(found[0].score, 1);
  EXPECT_THAT(service->search(ann, {"the of and", of_user("ann")}).value(), IsEmpty());
  EXPECT_THAT(service->search(ann, {"harbour", of_user("nobody")}).value(), IsEmpty());
  EXPECT_THAT(service->search(ann, {.text = "harbour", .filter = {}, .top_k = 1}).value(), SizeIs(1));
}

TEST_P(Contract, PutsTheTextThatIsTheQueryFirst) {
  add(ann, "ann", "tea tea");
  const std::string same = add(ann, "ann", "tea in the garden with a friend and her three cats");
  add(ann, "ann", "tea in the garden");
  const auto found =
      service->search(ann, {.text = "tea in the garden with a friend and her three cats"}).value();
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().memory.id, same);
  const std::string wordless = add(ann, "ann", "to be or not to be");
  const auto exact = service->search(ann, {.text = "to be or not to be"}).value();
  ASSERT_THAT(exact, SizeIs(1));
  EXPECT_EQ(exact.front().memory.id, wordless);
}

// Long before the best that the filter lets through come many that it does not.
TEST_P(Contract, FindsTheFewThatANarrowFilterMeans) {
  std::vector<NewMemory> crowd(200, new_memory("tea", {"crowd"}));
  service.add(ann, crowd).value();
  NewMemory wanted = new_memory("tea among many other words that make it a little longer", {"ann"});
  wanted.metadata = R"({"cup":"Blue"})";
  const std::string id = service.add(ann, {wanted}).value().memories[0].id;
  for (const Filter& filter :
       {of_user("ann"), where_metadata("cup", Operator::icontains, {Value("blue")}),
        all_of({of_user("ann"), where(memory::Field::text, Operator::contains, {Value("longer")})})}) {
    const auto found = service->search(ann, {.text = "tea", .filter = filter, .top_k = 3, .threshold = 0});
    ASSERT_THAT(found.value(), SizeIs(1));
    EXPECT_EQ(found->front().memory.id, id);
  }
}

TEST_P(Contract, ScoresTellNothingOfOtherTenants) {
  add(ann, "ann", "a harbour at night");
  const double alone = service->search(ann, {"harbour night", {}}).value().front().score;
  for (int i = 0; i < 20; ++i) add(bob, "bob", "night after night in the harbour");
  EXPECT_EQ(service->search(ann, {"harbour night", {}}).value().front().score, alone);
}

TEST_P(Contract, RevisesInOneStep) {
  const std::string changed = add(ann, "ann", "lives in Porto");
  const std::string removed = add(ann, "ann", "has a cat");
  Revision revision{{new_memory("has a dog", {"ann"})}, {{changed, {.text = "lives in Lisbon"}}}, {removed}};
  const Revised revised = service.revise(ann, revision).value();
  ASSERT_THAT(revised.added, SizeIs(1));
  ASSERT_THAT(revised.changed, SizeIs(1));
  EXPECT_EQ(revised.changed[0].text, "lives in Lisbon");
  EXPECT_EQ(service->get(ann, revised.added[0].id).value().text, "has a dog");
  EXPECT_EQ(service->get(ann, removed).error().code, ErrorCode::not_found);
  EXPECT_THAT(service->event(ann, revised.event_id).value().memories, SizeIs(2));
  revision.additions[0].text = "has a bird";
  EXPECT_EQ(service.revise(ann, revision).error().code, ErrorCode::not_found);
  EXPECT_EQ(service->list(ann, {}).value().total, 2u);
}

TEST_P(Contract, MergesDocuments) {
  ASSERT_TRUE(service.merge_document(ann, "project", "p", R"({"a":1,"b":{"c":2}})"));
  ASSERT_TRUE(service.merge_document(ann, "project", "p", R"({"a":null,"b":{"d":3}})"));
  EXPECT_EQ(base::Json::parse(service->document(ann, "project", "p").value()),
            base::Json::parse(R"({"b":{"c":2,"d":3}})"));
}

TEST_P(Contract, KeepsFeedbackAsLongAsItsMemory) {
  const std::string id = add(ann, "ann", "x");
  ASSERT_TRUE(service.put_feedback(ann, id, R"({"f":1})"));
  EXPECT_EQ(service->document(ann, "feedback", id), R"({"f":1})");
  EXPECT_EQ(service.put_feedback(bob, id, "{}").error().code, ErrorCode::not_found);
  ASSERT_TRUE(service.remove(ann, id));
  EXPECT_EQ(service->document(ann, "feedback", id).error().code, ErrorCode::not_found);
  EXPECT_EQ(service.put_feedback(ann, id, "{}").error().code, ErrorCode::not_found);
}

// As `add` sees its own write, so do all who ask after it was acknowledged, whatever they cached before.
TEST_P(Contract, ShowsAnAcknowledgedWriteToEveryReader) {
  std::vector<std::jthread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([this, client] {
      const std::string user = "user" + std::to_string(client);
      for (std::size_t i = 1; i <= 25; ++i) {
        const std::string id = service.add(ann, user, "a common word").value().memories[0].id;
        ASSERT_THAT(service->search(ann, {.text = "common", .filter = of_user(user), .top_k = 100}).value(),
                    SizeIs(i));
        ASSERT_TRUE(service->get(ann, id));
      }
    });
  }
  clients.clear();
  EXPECT_EQ(service->list(ann, {}).value().total, 100u);
  EXPECT_LT(service->counters().commits, service->counters().writes);
}

TEST_P(Contract, CallsBackEveryWriterBeforeItCloses) {
  std::atomic<int> called = 0;
  for (int i = 0; i < 300; ++i) {
    service->add(ann, {new_memory("last words", {"ann"})},
                 [&called](const auto& added) { called += added.has_value() ? 1 : 0; });
  }
  service->close();
  EXPECT_EQ(called, 300);
}

class ContractOfKeys : public testing::ContractTest {};

TEST_P(ContractOfKeys, AreKnownOnlyWhenStored) {
  std::string key;
  {
    Service service = open(base::system_clock(), MemoryService::Keys::stored);
    EXPECT_FALSE(service->has_keys().value());
    key = service->add_key().value();
    EXPECT_TRUE(service->has_keys().value());
    EXPECT_EQ(service->authenticate("another").error().code, ErrorCode::permission);
    EXPECT_EQ(service->authenticate("").error().code, ErrorCode::permission);
    EXPECT_NE(service->authenticate(service->add_key().value()).value().id,
              service->authenticate(key).value().id);
  }
  Service service = open(base::system_clock(), MemoryService::Keys::stored);
  const Tenant tenant = service->authenticate(key).value();
  EXPECT_EQ(tenant.id.size(), 36u);
}

TEST_P(ContractOfKeys, OpenOnesAreTenantsOnlyWhereTheyAreTaken) {
  {
    Service service = open();
    EXPECT_NE(service.tenant("a").number, service.tenant("b").number);
    EXPECT_EQ(service.tenant("a").number, service.tenant("a").number);
    for (const std::string& key :
         {std::string(257, 'a'), std::string("a b"), std::string("a\n"), std::string("é")}) {
      EXPECT_EQ(service->authenticate(key).error().code, ErrorCode::permission) << key;
    }
    EXPECT_TRUE(service->authenticate(std::string(256, '~')));
  }
  Service stored = open(base::system_clock(), MemoryService::Keys::stored);
  EXPECT_EQ(stored->authenticate("a").error().code, ErrorCode::permission);
  EXPECT_FALSE(stored->has_keys().value());
}

TEST_P(ContractOfKeys, CanBeAddedBesideARunningService) {
  Service running = open(base::system_clock(), MemoryService::Keys::stored);
  std::string key;
  {
    Service beside = open(base::system_clock(), MemoryService::Keys::stored, true);
    key = beside->add_key().value();
  }
  EXPECT_TRUE(running->authenticate(key));
}

PLIMSOLL_EVERY_ENGINE(Contract);
PLIMSOLL_EVERY_ENGINE(ContractOfKeys);

}  // namespace
}  // namespace memory_api::memory
