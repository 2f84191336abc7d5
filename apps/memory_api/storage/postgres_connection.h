// A thin skin over libpq in pipeline mode: statements are sent without waiting for those before, errors are
// values, every wait has an end. One thread at a time.
//
// Values cross in PostgreSQL's binary formats (int8, float4, float8, text, uuid, bytea and arrays of them).
// https://www.postgresql.org/docs/15/libpq-pipeline-mode.html
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

struct pg_conn;
struct pg_result;

namespace memory_api::storage {

// $1, $2, … in the order of the calls. Texts with U+0000 must not come here: PostgreSQL has none.
class PgParameters {
 public:
  PgParameters& integer(std::int64_t value);
  PgParameters& text(std::string_view value);
  PgParameters& text_or_null(std::string_view value);  // empty: NULL
  PgParameters& uuid(std::string_view bytes);
  PgParameters& bytes(std::string_view value);
  PgParameters& boolean(bool value);
  PgParameters& null_integer();
  PgParameters& reals(std::span<const float> values);
  PgParameters& integers(const std::vector<std::int64_t>& values);
  PgParameters& texts(const std::vector<std::string>& values);
  PgParameters& uuids(const std::vector<std::string>& values);

  std::size_t size() const { return values_.size(); }

 private:
  friend class PgConnection;
  PgParameters& add(unsigned type, std::optional<std::string> value);

  std::vector<unsigned> types_;
  std::vector<std::optional<std::string>> values_;
};

// What a statement gave back.
class PgRows {
 public:
  PgRows() = default;
  explicit PgRows(pg_result* result);

  int size() const;
  bool is_null(int row, int column) const;
  std::int64_t integer(int row, int column) const;
  double real(int row, int column) const;       // of double precision
  std::string text(int row, int column) const;  // also uuid and bytea; NULL: empty
  bool boolean(int row, int column) const;

 private:
  std::shared_ptr<pg_result> result_;
};

class PgConnection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // unavailable, timeout; permission where the server refuses this user; invalid_argument for a URL that
  // cannot be read, or with an @ elsewhere than once before the host. Messages name the server and never hold
  // a password.
  static base::Result<std::unique_ptr<PgConnection>> connect(const std::string& url,
                                                             std::chrono::nanoseconds timeout);
  ~PgConnection();
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  // Until when all that follows must be done. What is late is the error `timeout`, and the connection is done
  // for.
  void set_deadline(Time deadline) { deadline_ = deadline; }

  // Sends a statement. Its failure shows with the next fetch or finish; until that finish nothing after it is
  // carried out.
  void queue(std::string_view sql, const PgParameters& parameters = {});
  // Sends a statement and waits for what it gives back.
  base::Result<PgRows> fetch(std::string_view sql, const PgParameters& parameters = {});
  // Waits for all that was sent. After a failure the transaction is rolled back.
  base::Status finish();
  // Makes the next finish roll back, with this as its reason where there is none yet.
  void abandon(base::Error reason) { fail(std::move(reason)); }
  // Several statements without parameters, as one; nothing else may be under way.
  base::Status run(const std::string& sql);

  // The payloads of notifications that have come; waits for one at most until the deadline.
  base::Result<std::vector<std::string>> notifications();

  // Whether it is of no more use: the server is gone or was too late.
  bool is_broken() const { return is_broken_; }
  const std::string& server() const { return server_; }

 private:
  PgConnection() = default;
  enum class Expected { nothing, rows, sync };

  void send(std::string_view sql, const PgParameters& parameters);
  bool prepare(std::string_view sql, const PgParameters& parameters, std::string& name);
  base::Result<PgRows> next_rows();
  base::Status wait_for_input(Time deadline);
  base::Status establish(Time deadline);
  base::Status drain_until_sync();
  void fail(base::Error error);
  void lose(base::Error error);
  base::Error error_of(const pg_result* result) const;

  pg_conn* handle_ = nullptr;
  std::string server_;
  Time deadline_{};
  std::deque<Expected> expected_;
  std::unordered_map<std::string, std::string> prepared_;  // by SQL: its name
  std::optional<base::Error> failure_;                     // since the last finish
  bool is_broken_ = false;
};

// Whether an error means that the server could not be reached or did not answer.
bool is_lost(const base::Error& error);

}  // namespace memory_api::storage
