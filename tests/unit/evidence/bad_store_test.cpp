// Stores that are damaged, cut, foreign, newer, read-only or out of space: a clear error that names the file,
// nothing lost.
#include <csignal>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/support/unsynced_vfs.h"
#include "tests/unit/evidence/store_fixture.h"

namespace plimsoll::evidence::testing {
namespace {

using base::ErrorCode;
using ::testing::HasSubstr;

class BadStore : public StoreTest {
 protected:
  void fill() {
    auto store = open();
    for (int number = 1; number <= 5; ++number) {
      add_run(*store, make_run(number), make_series("a"), model::Samples(200, 0.377 * number));
    }
  }
  void put(const std::string& content) { must(base::system_files().write_atomically(path(), content)); }
  std::string content() { return must(base::read_file(path())); }
  void execute(const std::string& sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }
  void expect_refused(ErrorCode code) {
    for (const bool read_only : {false, true}) {
      const auto store = open_store(path(), {.read_only = read_only});
      ASSERT_FALSE(store);
      EXPECT_EQ(store.error().code, code) << base::to_string(store.error());
      EXPECT_THAT(store.error().message, HasSubstr(path()));
    }
  }
  // Everything that reads, until something fails.
  base::Status read_all() {
    BASE_ASSIGN(auto store, open_store(path()));
    BASE_ASSIGN(const auto runs, store->runs({}));
    for (const auto& run : runs) {
      BASE_TRY(store->read(run.id, kEverything));
      BASE_TRY(store->findings(run.id));
      BASE_TRY(store->snapshot(run.id));
      BASE_TRY(store->history(kEverything, std::vector{run.id}));
    }
    return {};
  }
};

TEST_F(BadStore, ThatIsNoDatabaseIsRefusedAndLeftAlone) {
  const std::string text = "This is my diary, not a database. " + std::string(5000, 'x');
  put(text);
  expect_refused(ErrorCode::corrupt);
  EXPECT_EQ(content(), text);
}

TEST_F(BadStore, OfAnotherProgramIsRefusedAndLeftAlone) {
  execute("CREATE TABLE customers(name TEXT); INSERT INTO customers VALUES('ann');");
  const auto before = content();
  expect_refused(ErrorCode::unsupported);
  EXPECT_EQ(content(), before);
}

TEST_F(BadStore, OfANewerVersionIsRefusedAndLeftAlone) {
  fill();
  execute("PRAGMA user_version = 99;");
  const auto before = content();
  expect_refused(ErrorCode::unsupported);
  EXPECT_EQ(content(), before);
}

TEST_F(BadStore, ThatIsEmptyBecomesAStore) {
  put("");
  EXPECT_EQ(open_store(path(), {.read_only = true}).error().code, ErrorCode::unsupported);
  EXPECT_TRUE(open_store(path()));
  EXPECT_TRUE(open_store(path(), {.read_only = true}));
}

TEST_F(BadStore, ThatIsCutShortIsSaidToBeDamaged) {
  fill();
  const auto whole = content();
  for (const double share : {0.1, 0.5, 0.9}) {
    put(whole.substr(0, static_cast<std::size_t>(share * static_cast<double>(whole.size()))));
    const auto read = read_all();
    ASSERT_FALSE(read) << share;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
    EXPECT_THAT(base::to_string(read.error()), HasSubstr(path()));
  }
}

TEST_F(BadStore, WithBytesChangedNeverCrashesOrInvents) {
  fill();
  const auto whole = content();
  base::Random random(7);
  int noticed = 0;
  for (int round = 0; round < 60; ++round) {
    auto broken = whole;
    // Past the header, whose every field SQLite checks on its own.
    for (int i = 0; i < 20; ++i)
      broken[100 + random.below(broken.size() - 100)] ^= static_cast<char>(1 + random.below(255));
    put(broken);
    const auto read = read_all();
    if (read) continue;
    ++noticed;
    EXPECT_THAT(base::to_string(read.error()), HasSubstr(path()));
    EXPECT_TRUE(read.error().code == ErrorCode::corrupt || read.error().code == ErrorCode::unsupported)
        << base::to_string(read.error());
  }
  EXPECT_GT(noticed, 30);
}

TEST_F(BadStore, WithAMissingTableIsSaidToBeDamaged) {
  fill();
  execute("DROP TABLE chunk;");
  const auto read = read_all();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::corrupt);
}

TEST_F(BadStore, ThatIsAFolderOrPipeIsRefused) {
  EXPECT_EQ(open_store(folder_.path().string()).error().code, ErrorCode::invalid_argument);
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(open_store(path("pipe")).error().code, ErrorCode::invalid_argument);
  EXPECT_FALSE(open_store(path("pipe/below")));
}

// Root may write everywhere: a child steps down to nobody first.
TEST_F(BadStore, InAReadOnlyFolderIsReadAndNotWritten) {
  fill();
  ASSERT_EQ(::chmod(path().c_str(), 0444), 0);
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0555), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(9);
    const auto writing = open_store(path());
    if (writing || writing.error().code != ErrorCode::permission || !writing.error().message.contains(path()))
      ::_exit(1);
    auto reading = open_store(path(), {.read_only = true});
    if (!reading) ::_exit(2);
    const auto runs = (*reading)->runs({});
    if (!runs || runs->size() != 5) ::_exit(3);
    const auto read = (*reading)->read("latest", kEverything);
    if (!read || read->at(0).observations.size() != 200) ::_exit(4);
    if (open_store(path("other.db"))) ::_exit(5);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ::chmod(folder_.path().c_str(), 0755);
}

// Appends until it fails, then sees that all before is there and goes on when there is space again.
void fill_disk(EvidenceStore& store, const std::function<void()>& make_room) {
  auto writer = must(store.begin(make_run(1)));
  const auto handle = must(writer->declare(make_series("a"), "p"));
  const std::vector<Observation> batch(2000, at(1, handle, 0.377));
  std::size_t written = 0;
  base::Status status;
  while (written < 200 && (status = writer->append(batch))) ++written;
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::no_space) << base::to_string(status.error());
  EXPECT_FALSE(status.error().message.empty());
  EXPECT_GT(written, 0u);
  EXPECT_EQ(must(store.read("latest", kEverything)).at(0).observations.size(), written * batch.size());
  make_room();
  must(writer->append(batch));
  must(writer->finish(completed(make_run(1)), "{}"));
  EXPECT_EQ(must(store.read("latest", kEverything)).at(0).observations.size(), (written + 1) * batch.size());
}

TEST_F(BadStore, OnAFullDiskLosesNothing) {
  test_support::UnsyncedVfs disk("full");
  auto store = open({.vfs = "full"});
  disk.limit_space(1u << 20);
  fill_disk(*store, [&] { disk.limit_space(std::nullopt); });
}

TEST_F(BadStore, PastTheFileSizeLimitLosesNothing) {
  auto store = open();
  struct rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit tight{1u << 20, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  fill_disk(*store, [&] { ::setrlimit(RLIMIT_FSIZE, &before); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
}

TEST_F(BadStore, LockedByAnotherProgramIsAConflict) {
  fill();
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  auto store = open();
  EXPECT_EQ(must(store->runs({})).size(), 5u);
  sqlite3_close(handle);
  EXPECT_TRUE(store->waive("latest"));
}

}  // namespace
}  // namespace plimsoll::evidence::testing
