// What only PostgreSQL is asked: its versions, several processes on one database, and a server that goes
// away.
#include "apps/memory_api/storage/postgres_storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/memory_service.h"
#include "tests/support/postgres_server.h"
#include "tests/support/waiting.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using ::testing::HasSubstr;
using testing::of_user;
using testing::Service;
using ::testing::SizeIs;
using testing_support::eventually;

class PostgresStorageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = test_support::PostgresServer::missing(); !missing.empty())
      GTEST_SKIP() << missing;
    url = server().create_database();
  }
  static test_support::PostgresServer& server() { return test_support::shared_postgres(); }

  std::unique_ptr<MemoryStorage> open() { return open_postgres_storage({.url = url}).value(); }
  base::Error failure() {
    auto opened = open_postgres_storage({.url = url});
    return opened ? base::Error{ErrorCode::internal, "it opened"} : opened.error();
  }

  std::string url;
};

TEST_F(PostgresStorageTest, RefusesANewerStore) {
  open();
  server().run(url, "UPDATE memory_api.version SET number = 99");
  const base::Error error = failure();
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_THAT(error.message, HasSubstr("version 99"));
}

TEST_F(PostgresStorageTest, RefusesADatabaseThatIsNotUtf8) {
  server().run(server().url(), "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  url = server().url("latin");
  EXPECT_EQ(failure().code, ErrorCode::unsupported);
}

TEST_F(PostgresStorageTest, SaysWhichServerCannotBeReached) {
  url = "postgresql://postgres:secret@127.0.0.1:1/nowhere";
  const base::Error error = failure();
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  EXPECT_THAT(error.message, HasSubstr("127.0.0.1:1"));
  EXPECT_FALSE(base::to_string(error).contains("secret"));
}

TEST_F(PostgresStorageTest, RefusesWhatPostgresqlCannotKeep) {
  Service service(open());
  const auto tenant = service.tenant("key");
  const auto added = service.add(tenant, "ann", std::string("a\0b", 3));
  EXPECT_EQ(added.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(service->list(tenant, {of_user(std::string("a\0b", 3))}).value().total, 0u);
}

// Whatever one process has cached, it finds what another one wrote as soon as that is acknowledged.
TEST_F(PostgresStorageTest, ShowsToEveryProcessWhatOneAcknowledged) {
  Service one(open());
  Service other(open());
  const auto tenant = one.tenant("key");
  ASSERT_EQ(other.tenant("key").number, tenant.number);
  for (std::size_t i = 1; i <= 20; ++i) {
    Service& writing = i % 2 == 0 ? one : other;
    Service& reading = i % 2 == 0 ? other : one;
    const std::string id = writing.add(tenant, "ann", "a common word").value().memories[0].id;
    ASSERT_THAT(reading->search(tenant, {.text = "common", .filter = {}, .top_k = 100}).value(), SizeIs(i));
    ASSERT_THAT(writing->search(tenant, {.text = "common", .filter = {}, .top_k = 100}).value(), SizeIs(i));
    ASSERT_TRUE(reading->get(tenant, id));
  }
  const std::string id = one->list(tenant, {}).value().items.front().id;
  ASSERT_TRUE(other.remove(tenant, id));
  EXPECT_THAT(one->search(tenant, {.text = "common", .filter = {}, .top_k = 100}).value(), SizeIs(19));
}

TEST_F(PostgresStorageTest, WritesOfSeveralProcessesDoNotHurtEachOther) {
  Service one(open());
  Service other(open());
  const auto tenant = one.tenant("key");
  std::vector<std::jthread> writers;
  for (Service* service : {&one, &other, &one, &other}) {
    writers.emplace_back([service, tenant] {
      for (int i = 0; i < 20; ++i) {
        const auto added = service->add(tenant, "ann", "written beside others").value();
        ASSERT_TRUE(service->update(tenant, added.memories[0].id, {.text = "changed beside others"}));
        if (i % 4 == 0) {
          ASSERT_TRUE(service->remove(tenant, added.memories[0].id));
        }
      }
    });
  }
  writers.clear();
  for (Service* service : {&one, &other}) {
    const auto found = (*service)->search(tenant, {.text = "changed", .filter = {}, .top_k = 100});
    EXPECT_THAT(found.value(), SizeIs(60));
  }
}

TEST_F(PostgresStorageTest, IsBackByItselfAfterTheServerWasKilled) {
  Service service(open());
  const auto tenant = service.tenant("key");
  const std::string id = service.add(tenant, "ann", "before the crash").value().memories[0].id;
  server().kill();
  const auto refused = service->get(tenant, id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable) << base::to_string(refused.error());
  EXPECT_EQ(service.add(tenant, "ann", "into the void").error().code, ErrorCode::unavailable);
  const auto status = [&] { return service->readiness().status; };
  EXPECT_TRUE(eventually([&] { return status() == memory::Readiness::Status::down; }));
  EXPECT_THAT(service->readiness().reason, HasSubstr("PostgreSQL"));
  server().start();
  EXPECT_TRUE(eventually([&] { return status() == memory::Readiness::Status::ok; }));
  EXPECT_TRUE(eventually([&] { return service->get(tenant, id).has_value(); }));
  EXPECT_TRUE(service.add(tenant, "ann", "after the crash"));
}

TEST_F(PostgresStorageTest, WaitsForNoServerThatHangs) {
  Service service(open());
  const auto tenant = service.tenant("key");
  const std::string id = service.add(tenant, "ann", "x").value().memories[0].id;
  server().freeze();
  const auto late = service->get(tenant, id);
  EXPECT_FALSE(late);
  EXPECT_TRUE(eventually([&] { return service->readiness().status == memory::Readiness::Status::down; }));
  server().thaw();
  EXPECT_TRUE(eventually([&] { return service->get(tenant, id).has_value(); }));
  EXPECT_TRUE(eventually([&] { return service->readiness().status == memory::Readiness::Status::ok; }));
}

}  // namespace
}  // namespace memory_api::storage
