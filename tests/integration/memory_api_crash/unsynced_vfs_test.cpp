// The disk that loses unsynced writes, with SQLite itself on it: what SQLite promises is kept, what it does
// not is lost.
#include "tests/support/unsynced_vfs.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/file.h"

namespace test_support {
namespace {

class UnsyncedVfsTest : public ::testing::Test {
 protected:
  base::TemporaryFolder folder = base::TemporaryFolder::create("unsynced_vfs").value();
  std::string path = folder.path() / "d.db";

  sqlite3* open(const UnsyncedVfs& disk) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                              disk.name().c_str()),
              SQLITE_OK);
    return database;
  }
  bool run(sqlite3* database, const std::string& sql) {
    return sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  int rows(const UnsyncedVfs& disk) {
    sqlite3* database = open(disk);
    int count = -1;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, "SELECT count(*) FROM t", -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
      count = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return count;
  }

  // Rows acknowledged on a new database before the power went, and rows there afterwards.
  std::pair<int, int> cut(UnsyncedVfs& disk, const std::string& pragmas, UnsyncedVfs::Loss loss,
                          std::uint64_t seed) {
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + ending);
    sqlite3* database = open(disk);
    EXPECT_TRUE(run(database, pragmas + "; CREATE TABLE t(x)"));
    disk.cut_power_after(1 + seed * 7 % 60);
    int acknowledged = 0;
    while (run(database, "INSERT INTO t VALUES(zeroblob(900))")) ++acknowledged;
    sqlite3_close(database);
    disk.restore_power(loss, seed);
    return {acknowledged, rows(disk)};
  }
};

TEST_F(UnsyncedVfsTest, KeepsWhatWasSynced) {
  UnsyncedVfs disk("keeps");
  for (const char* pragmas : {"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
                              "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA"}) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      for (const auto loss : {UnsyncedVfs::Loss::everything, UnsyncedVfs::Loss::random}) {
        const auto [acknowledged, found] = cut(disk, pragmas, loss, seed);
        ASSERT_GE(found, acknowledged) << pragmas << ", seed " << seed;
        ASSERT_LE(found, acknowledged + 1) << pragmas << ", seed " << seed;
      }
    }
  }
}

TEST_F(UnsyncedVfsTest, LosesWhatWasNot) {
  UnsyncedVfs disk("loses");
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    // NORMAL syncs the log at checkpoints only: consistent after a power cut, but not durable.
    const auto [acknowledged, found] = cut(disk, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
                                           UnsyncedVfs::Loss::everything, seed);
    lost += acknowledged > found ? 1 : 0;
  }
  EXPECT_GT(lost, 10);
}

TEST_F(UnsyncedVfsTest, RunsOutOfSpaceAndGetsItBack) {
  UnsyncedVfs disk("space");
  sqlite3* database = open(disk);
  ASSERT_TRUE(run(database, "PRAGMA journal_mode = WAL; CREATE TABLE t(x)"));
  disk.limit_space(10'000);
  EXPECT_TRUE(run(database, "INSERT INTO t VALUES(1)"));
  EXPECT_FALSE(run(database, "INSERT INTO t VALUES(zeroblob(100000))"));
  EXPECT_EQ(sqlite3_errcode(database), SQLITE_FULL);
  disk.limit_space(std::nullopt);
  EXPECT_TRUE(run(database, "INSERT INTO t VALUES(zeroblob(100000))"));
  sqlite3_close(database);
  EXPECT_EQ(rows(disk), 2);
}

}  // namespace
}  // namespace test_support
