// A thin owner of SQLite's handles: statements that reset themselves, transactions that roll back, and errors
// that name the file. https://www.sqlite.org/c3ref/intro.html
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace plimsoll::evidence {

class Database;

// A prepared statement, borrowed from its database's cache. Parameters bind in order; columns count from 0.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);        // copied
  Statement& bind_blob(std::string_view bytes);  // not copied: must live until the statement is reset
  Statement& bind_null();

  base::Result<bool> step();  // whether there is a row
  base::Status run();         // to its end, then reset: ready to bind anew
  void reset();

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  std::string_view blob(int column) const;  // until the next step
  bool is_null(int column) const;

 private:
  friend class Database;
  Statement(Database* database, sqlite3_stmt* statement, std::string sql)
      : database_(database), statement_(statement), sql_(std::move(sql)) {}
  void note(int code);

  Database* database_;
  sqlite3_stmt* statement_;
  std::string sql_;
  int next_parameter_ = 1;
  int bind_error_ = 0;
};

struct DatabaseOptions {
  bool read_only = false;
  bool create = true;
  std::string vfs = {};
};

// One connection. Not thread-safe. Its statements must go before it does.
class Database {
 public:
  // not_found, permission, corrupt, io: each names the file. A read-only file that was asked for writing is
  // permission. Read-only in a folder that cannot be written opens too, as long as nothing is left to
  // recover.
  static base::Result<std::unique_ptr<Database>> open(const std::filesystem::path& path,
                                                      const DatabaseOptions& options);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // Statements without results, one or several.
  base::Status execute(const std::string& sql);

  // From the cache, or compiled anew.
  base::Result<Statement> prepare(std::string_view sql);

  // The first column of the first row as a number; 0 where there is no row.
  base::Result<std::int64_t> query_integer(std::string_view sql);

  const std::filesystem::path& path() const { return path_; }
  bool in_transaction() const;
  std::int64_t last_row() const;
  std::int64_t changes() const;        // rows the last statement changed
  std::int64_t total_changes() const;  // rows this connection ever changed

  // What is stored does not read: corrupt, naming the file, with the cause.
  base::Error damaged(base::Error cause) const;

  // A result code as our error: SQLITE_FULL is no_space, SQLITE_BUSY conflict …
  base::Error error(int code) const;

 private:
  friend class Statement;
  Database(sqlite3* handle, std::filesystem::path path) : handle_(handle), path_(std::move(path)) {}
  void give_back(std::string sql, sqlite3_stmt* statement);

  sqlite3* handle_;
  std::filesystem::path path_;
  std::map<std::string, std::vector<sqlite3_stmt*>, std::less<>> idle_;
};

enum class TransactionKind { read, write };

// Rolls back unless committed.
class Transaction {
 public:
  // A write waits up to 5 s for another writer's commit, then is a conflict.
  static base::Result<Transaction> begin(Database& database, TransactionKind kind);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  base::Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace plimsoll::evidence
