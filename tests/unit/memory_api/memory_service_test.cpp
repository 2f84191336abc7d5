#include "apps/memory_api/memory/memory_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/memory_api/memory_service_fixture.h"

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

class MemoryServiceTest : public ::testing::Test {
 protected:
  base::TemporaryFolder folder = base::TemporaryFolder::create("memory_service").value();
  base::ManualClock clock{base::UtcTime(std::chrono::days(20'000))};
  Service service{folder.path(), {.synchronous = false}, clock};
  Tenant ann = service.tenant("key-of-ann");
  Tenant bob = service.tenant("key-of-bob");

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

TEST_F(MemoryServiceTest, GivesBackWhatWasAdded) {
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

TEST_F(MemoryServiceTest, RefusesWhatIsNoMemory) {
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

TEST_F(MemoryServiceTest, NeverShowsATenantToAnother) {
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

TEST_F(MemoryServiceTest, ChangesOnlyWhatIsGiven) {
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

TEST_F(MemoryServiceTest, TellsAMemorysHistory) {
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

TEST_F(MemoryServiceTest, ForgetsWhatIsRemoved) {
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

TEST_F(MemoryServiceTest, KnowsNoOtherFormOfAnId) {
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

TEST_F(MemoryServiceTest, ListsNewestFirstPageByPage) {
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

TEST_F(MemoryServiceTest, HidesWhatHasExpired) {
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

TEST_F(MemoryServiceTest, RemovesExactlyWhatTheFilterNames) {
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

TEST_F(MemoryServiceTest, DoesABatchWhollyOrNotAtAll) {
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

TEST_F(MemoryServiceTest, ListsAndRemovesEntities) {
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

TEST_F(MemoryServiceTest, KeepsDocuments) {
  ASSERT_TRUE(service.put_document(ann, "project", "settings", R"({"a":1})"));
  ASSERT_TRUE(service.put_document(ann, "project", "settings", R"({"a":2})"));
  EXPECT_EQ(service->document(ann, "project", "settings"), R"({"a":2})");
  EXPECT_EQ(service.put_document(ann, "", "k", "{}").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(service.put_document(ann, "k", "k", std::string((1 << 20) + 1, ' ')).error().code,
            ErrorCode::invalid_argument);
}

TEST_F(MemoryServiceTest, IsReadyAndCounts) {
  add(ann, "ann", "x");
  const Readiness readiness = service->readiness();
  EXPECT_EQ(readiness.status, Readiness::Status::ok);
  EXPECT_EQ(readiness.since, base::UtcTime(std::chrono::days(20'000)));
  EXPECT_GE(service->counters().writes, 1u);
  EXPECT_EQ(service->counters().waiting, 0u);
}

TEST_F(MemoryServiceTest, RefusesAfterClosing) {
  service->close();
  EXPECT_EQ(service.add(ann, "ann", "x").error().code, ErrorCode::unavailable);
}

TEST(MemoryServiceKeys, AreKnownOnlyWhenStored) {
  const auto folder = base::TemporaryFolder::create("keys").value();
  std::string key;
  {
    Service service(folder.path(), {}, base::system_clock(), MemoryService::Keys::stored);
    EXPECT_FALSE(service->has_keys().value());
    key = service->add_key().value();
    EXPECT_TRUE(service->has_keys().value());
    EXPECT_EQ(service->authenticate("another").error().code, ErrorCode::permission);
    EXPECT_EQ(service->authenticate("").error().code, ErrorCode::permission);
    EXPECT_NE(service->authenticate(service->add_key().value()).value().id,
              service->authenticate(key).value().id);
  }
  Service service(folder.path(), {}, base::system_clock(), MemoryService::Keys::stored);
  const Tenant tenant = service->authenticate(key).value();
  EXPECT_EQ(tenant.id.size(), 36u);
  const auto bytes = base::read_file(folder.path() / "memories.db").value();
  EXPECT_EQ(bytes.find(key), std::string::npos) << "the key lies in the file";
}

TEST(MemoryServiceKeys, OpenOnesAreTenantsOnlyWhereTheyAreTaken) {
  const auto folder = base::TemporaryFolder::create("keys").value();
  {
    Service open(folder.path());
    EXPECT_NE(open.tenant("a").number, open.tenant("b").number);
    EXPECT_EQ(open.tenant("a").number, open.tenant("a").number);
    for (const std::string& key :
         {std::string(257, 'a'), std::string("a b"), std::string("a\n"), std::string("é")}) {
      EXPECT_EQ(open->authenticate(key).error().code, ErrorCode::permission) << key;
    }
    EXPECT_TRUE(open->authenticate(std::string(256, '~')));
  }
  Service stored(folder.path(), {}, base::system_clock(), MemoryService::Keys::stored);
  EXPECT_EQ(stored->authenticate("a").error().code, ErrorCode::permission);
  EXPECT_FALSE(stored->has_keys().value());
}

TEST(MemoryServiceKeys, CanBeAddedBesideARunningService) {
  const auto folder = base::TemporaryFolder::create("keys").value();
  Service running(folder.path(), {}, base::system_clock(), MemoryService::Keys::stored);
  std::string key;
  {
    Service beside(folder.path(), {.exclusive = false}, base::system_clock(), MemoryService::Keys::stored);
    key = beside->add_key().value();
  }
  EXPECT_TRUE(running->authenticate(key));
}

}  // namespace
}  // namespace memory_api::memory
