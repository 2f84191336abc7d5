// A thin skin over SQLite: errors as values, statements prepared once. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace memory_api::storage {

class Connection;

// A statement under way; back at its end it is ready for its next use. Not beyond its connection's life.
class Query {
 public:
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();

  // In the order of the parameters. The bytes of texts and blobs must live until the query ends.
  Query& integer(std::int64_t value);
  Query& real(double value);
  Query& text(std::string_view value);
  Query& text_or_null(std::string_view value);  // empty: NULL
  Query& blob(std::string_view value);
  Query& null();
  Query& pointer(const void* value, const char* type);  // sqlite3_bind_pointer

  base::Result<bool> step();  // whether a row is there
  base::Status run();         // to the end, whatever rows there are

  bool is_null(int column) const;
  std::int64_t integer_at(int column) const;
  std::string text_at(int column) const;  // NULL: empty
  std::string blob_at(int column) const;
  int digit_at(int column, int place) const;  // of a text: the digit at this byte; 0 where there is none

 private:
  friend class Connection;
  Query(Connection& connection, std::string key, sqlite3_stmt* statement);

  Connection* connection_;
  std::string key_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

class Connection {
 public:
  enum class Mode { read, write };

  static base::Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file, Mode mode,
                                                        const std::string& vfs);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One statement, kept prepared for the next time.
  base::Result<Query> query(std::string_view sql);
  // Several statements without parameters.
  base::Status run(const char* sql);
  // One statement without parameters, kept prepared.
  base::Status run_cached(std::string_view sql);
  base::Result<std::int64_t> integer(std::string_view sql);

  // io where the file was moved or deleted under us: what is written then would be gone with the next start.
  base::Status check_in_place() const;

  bool in_transaction() const;
  std::int64_t last_row() const;
  std::int64_t total_changes() const;

  // The newest failure as an error that names the file.
  base::Error error(int status) const;
  const std::string& file() const { return file_; }
  sqlite3* handle() const { return handle_; }

 private:
  friend class Query;
  Connection() = default;
  void keep(std::string key, sqlite3_stmt* statement);

  sqlite3* handle_ = nullptr;
  std::string file_;
  std::unordered_map<std::string, sqlite3_stmt*> idle_;
};

}  // namespace memory_api::storage
