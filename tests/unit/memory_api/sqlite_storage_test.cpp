#include "apps/memory_api/storage/sqlite_storage.h"

#include <atomic>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/memory_service.h"
#include "tests/support/unsynced_vfs.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using ::testing::HasSubstr;
using testing::of_user;
using testing::Service;
using ::testing::SizeIs;

class SqliteStorageTest : public ::testing::Test {
 protected:
  base::TemporaryFolder folder = base::TemporaryFolder::create("sqlite_storage").value();
  std::filesystem::path file = folder.path() / "memories.db";

  base::Error failure(const SqliteOptions& options = {}) {
    auto opened = open_sqlite_storage(folder.path(), options);
    return opened ? base::Error{ErrorCode::internal, "it opened"} : opened.error();
  }
  void fill(std::size_t memories) {
    Service service(folder.path(), {.synchronous = false});
    for (std::size_t i = 0; i < memories; ++i) {
      service.add(service.tenant("key"), "ann", "memory number " + std::to_string(i) + std::string(200, 'x'))
          .value();
    }
  }
  void run_sql(const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }
  std::string all_bytes() {
    std::string bytes;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(in), {});
    }
    return bytes;
  }
};

TEST_F(SqliteStorageTest, KeepsEverythingOverARestart) {
  std::string id;
  {
    Service service(folder.path());
    id = service.add(service.tenant("key"), "ann", "kept").value().memories[0].id;
  }
  Service service(folder.path());
  EXPECT_EQ(service->get(service.tenant("key"), id).value().text, "kept");
  EXPECT_THAT(service->search(service.tenant("key"), {"kept", of_user("ann")}).value(), SizeIs(1));
}

TEST_F(SqliteStorageTest, MakesFilesForItsOwnerOnly) {
  const auto made = folder.path() / "new" / "data";
  const auto opened = open_sqlite_storage(made);
  ASSERT_TRUE(opened) << base::to_string(opened.error());
  for (const char* name : {"memories.db", "memories.db-wal", "memories.lock"}) {
    struct stat status{};
    ASSERT_EQ(::stat((made / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
  }
}

TEST_F(SqliteStorageTest, HoldsNoKeyAsItIs) {
  std::string key;
  {
    Service service(folder.path(), {}, base::system_clock(), memory::MemoryService::Keys::stored);
    key = service->add_key().value();
  }
  EXPECT_FALSE(all_bytes().contains(key));
}

TEST_F(SqliteStorageTest, RefusesASecondServer) {
  const Service first(folder.path());
  const base::Error error = failure();
  EXPECT_EQ(error.code, ErrorCode::conflict);
  EXPECT_THAT(error.message, HasSubstr("another process serves this folder"));
}

TEST_F(SqliteStorageTest, RefusesANewerFile) {
  fill(1);
  run_sql("PRAGMA user_version = 99");
  const base::Error error = failure();
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_THAT(error.message, HasSubstr(file.string()));
}

TEST_F(SqliteStorageTest, RefusesAnotherProgramsFile) {
  run_sql("CREATE TABLE theirs(x); PRAGMA user_version = 1");
  EXPECT_EQ(failure().code, ErrorCode::corrupt);
}

TEST_F(SqliteStorageTest, RefusesWhatIsNoDatabase) {
  std::ofstream(file) << std::string(8192, '?');
  const base::Error error = failure();
  EXPECT_EQ(error.code, ErrorCode::corrupt);
  EXPECT_THAT(error.message, HasSubstr(file.string()));
}

// Any page may be the damaged one: opening either finds it, naming the file, or what is served is what was
// written.
TEST_F(SqliteStorageTest, FindsDamageAnywhere) {
  fill(60);
  std::string whole;
  {
    std::ifstream in(file, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  constexpr std::size_t page = 4096;
  std::size_t found = 0;
  for (std::size_t at = 0; at + page <= whole.size(); at += page) {
    std::string damaged = whole;
    damaged.replace(at, page, std::string(page, '\x5a'));
    std::ofstream(file, std::ios::binary | std::ios::trunc) << damaged;
    auto opened = open_sqlite_storage(folder.path());
    if (opened) continue;
    EXPECT_EQ(opened.error().code, ErrorCode::corrupt) << "page at " << at;
    EXPECT_THAT(opened.error().message, HasSubstr(file.string()));
    ++found;
  }
  EXPECT_GT(found, whole.size() / page / 2);
}

TEST_F(SqliteStorageTest, SaysWhenItMayNotWrite) {
  if (::geteuid() != 0) GTEST_SKIP() << "drops root's rights to see it";
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setuid(65'534) != 0) ::_exit(99);
    const auto opened = open_sqlite_storage(folder.path());
    ::_exit(opened ? 98 : static_cast<int>(opened.error().code));
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ErrorCode::permission));
}

TEST_F(SqliteStorageTest, ServesReadsOnAFullDiskAndWritesAgainLater) {
  test_support::UnsyncedVfs disk("full_disk");
  Service service(folder.path(), {.vfs = "full_disk"});
  const memory::Tenant tenant = service.tenant("key");
  service.add(tenant, "ann", "lighthouse").value();
  disk.limit_space(20'000);
  base::Result<memory::Added> added;
  std::size_t acknowledged = 1;
  for (int i = 0; i < 100; ++i) {
    added = service.add(tenant, "ann", "filling " + std::string(2'000, 'x'));
    if (!added) break;
    ++acknowledged;
  }
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::no_space);
  EXPECT_THAT(base::to_string(added.error()), HasSubstr(file.string()));
  EXPECT_EQ(service->list(tenant, {of_user("ann")}).value().total, acknowledged);
  EXPECT_THAT(service->search(tenant, {"lighthouse", of_user("ann")}).value(), SizeIs(1));
  EXPECT_EQ(service->readiness().status, memory::Readiness::Status::degraded);
  EXPECT_GE(service->counters().failures, 1u);

  disk.limit_space(std::nullopt);
  EXPECT_TRUE(service.add(tenant, "ann", "after"));
  EXPECT_EQ(service->readiness().status, memory::Readiness::Status::ok);
}

TEST_F(SqliteStorageTest, NoticesThatItsFileWasTakenAway) {
  Service service(folder.path());
  const memory::Tenant tenant = service.tenant("key");
  service.add(tenant, "ann", "before").value();
  std::filesystem::rename(file, folder.path() / "elsewhere");
  EXPECT_FALSE(service.add(tenant, "ann", "would be lost"));
  EXPECT_EQ(service->readiness().status, memory::Readiness::Status::down);
  std::filesystem::rename(folder.path() / "elsewhere", file);
  EXPECT_TRUE(service.add(tenant, "ann", "is kept"));
}

TEST_F(SqliteStorageTest, DeletesReallyDelete) {
  const std::string secret = "xylophonist";
  {
    Service service(folder.path(), {.synchronous = false});
    const memory::Tenant tenant = service.tenant("key");
    for (int i = 0; i < 50; ++i) service.add(tenant, "ann", "neighbour " + std::to_string(i)).value();
    const std::string id = service.add(tenant, "ann", "the " + secret + " plays").value().memories[0].id;
    service.update(tenant, id, {.text = "the " + secret + " rests"}).value();
    for (int i = 0; i < 50; ++i) service.add(tenant, "bob", "neighbour " + std::to_string(i)).value();
    EXPECT_THAT(all_bytes(), HasSubstr(secret));
    ASSERT_TRUE(service.remove(tenant, id));
  }
  EXPECT_EQ(all_bytes().find(secret), std::string::npos);
  EXPECT_EQ(all_bytes().find(secret.substr(1, 6)), std::string::npos)
      << "not even the stem in the word index";
}

TEST_F(SqliteStorageTest, ErasesTracesAndOldEventsWhenItIsQuiet) {
  base::ManualClock clock{base::UtcTime(std::chrono::days(20'000))};
  Service service(folder.path(), {.synchronous = false}, clock);
  const memory::Tenant tenant = service.tenant("key");
  const memory::Added old = service.add(tenant, "ann", "the xylophonist plays").value();
  clock.advance(std::chrono::days(8));
  const memory::Added recent = service.add(tenant, "ann", "another").value();
  ASSERT_TRUE(service.remove(tenant, old.memories[0].id));
  const auto is_erased = [&] {
    return all_bytes().find("xylophon") == std::string::npos && !service->event(tenant, old.event_id);
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!is_erased() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(is_erased());
  EXPECT_TRUE(service->event(tenant, recent.event_id));
  EXPECT_THAT(service->search(tenant, {"another", of_user("ann")}).value(), SizeIs(1));
}

TEST_F(SqliteStorageTest, CommitsInGroups) {
  Service service(folder.path());
  const memory::Tenant tenant = service.tenant("key");
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < 8; ++writer) {
    writers.emplace_back([&] {
      for (int i = 0; i < 25; ++i) service.add(tenant, "ann", "by many").value();
    });
  }
  writers.clear();
  const memory::StorageCounters counters = service->counters();
  EXPECT_EQ(counters.writes, 201u);
  EXPECT_LT(counters.commits, 150u);
  EXPECT_EQ(service->list(tenant, {of_user("ann")}).value().total, 200u);
}

TEST_F(SqliteStorageTest, OneBadWriteDoesNotSpoilItsGroup) {
  test_support::UnsyncedVfs disk("one_bad_write");
  Service service(folder.path(), {.vfs = "one_bad_write"});
  const memory::Tenant tenant = service.tenant("key");
  disk.limit_space(
      500'000);  // too little for the large one alone, enough for all others in commits of their own
  const std::string large(250u << 10, 'x');
  std::vector<std::future<bool>> results;
  for (int i = 0; i < 9; ++i) {
    memory::NewMemory memory;
    memory.entities.user_id = "ann";
    memory.text = i == 4 ? large : "small";
    if (i == 4) memory.metadata = R"({"pad":")" + large + "\"}";
    auto promise = std::make_shared<std::promise<bool>>();
    results.push_back(promise->get_future());
    service->add(tenant, {memory}, [promise](const auto& added) { promise->set_value(added.has_value()); });
  }
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].get(), i != 4) << i;
}

TEST_F(SqliteStorageTest, CallsBackEveryWriterBeforeItCloses) {
  std::atomic<int> called = 0;
  {
    Service service(folder.path(), {.synchronous = false});
    const memory::Tenant tenant = service.tenant("key");
    for (int i = 0; i < 500; ++i) {
      memory::NewMemory memory;
      memory.entities.user_id = "ann";
      memory.text = "last words";
      service->add(tenant, {memory}, [&called](const auto& added) { called += added.has_value() ? 1 : 0; });
    }
  }
  EXPECT_EQ(called, 500);
}

}  // namespace
}  // namespace memory_api::storage
