#include "apps/memory_api/storage/sqlite_connection.h"

#include <cerrno>
#include <utility>

#include <sqlite3.h>

namespace memory_api::storage {
namespace {

using base::ErrorCode;

// Filters make statements of many shapes; the usual few dozen stay.
constexpr std::size_t most_idle_statements = 96;

ErrorCode code_of(int status, int system_error) {
  switch (status & 0xFF) {
    case SQLITE_FULL:
      return ErrorCode::no_space;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorCode::permission;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::conflict;
    case SQLITE_TOOBIG:
      return ErrorCode::too_large;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      if (system_error == ENOSPC || system_error == EDQUOT) return ErrorCode::no_space;
      if (system_error == EACCES || system_error == EPERM || system_error == EROFS)
        return ErrorCode::permission;
      return ErrorCode::io;
    default:
      return ErrorCode::internal;
  }
}

std::string hint_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::no_space:
      return "free some space; reading still works";
    case ErrorCode::corrupt:
      return "restore it from a backup, or move it away to start empty";
    case ErrorCode::permission:
      return "give the service's user write access to the file and its folder";
    default:
      return {};
  }
}

}  // namespace

// --- Query

Query::Query(Connection& connection, std::string key, sqlite3_stmt* statement)
    : connection_(&connection), key_(std::move(key)), statement_(statement) {}

Query::Query(Query&& other) noexcept
    : connection_(other.connection_),
      key_(std::move(other.key_)),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_) {}

Query::~Query() {
  if (statement_ != nullptr) connection_->keep(std::move(key_), statement_);
}

Query& Query::integer(std::int64_t value) {
  sqlite3_bind_int64(statement_, ++bound_, value);
  return *this;
}

Query& Query::real(double value) {
  sqlite3_bind_double(statement_, ++bound_, value);
  return *this;
}

Query& Query::text(std::string_view value) {
  const char* bytes = value.data() == nullptr ? "" : value.data();
  sqlite3_bind_text64(statement_, ++bound_, bytes, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Query& Query::text_or_null(std::string_view value) {
  return value.empty() ? null() : text(value);
}

Query& Query::blob(std::string_view value) {
  const char* bytes = value.data() == nullptr ? "" : value.data();
  sqlite3_bind_blob64(statement_, ++bound_, bytes, value.size(), SQLITE_STATIC);
  return *this;
}

Query& Query::null() {
  sqlite3_bind_null(statement_, ++bound_);
  return *this;
}

Query& Query::pointer(const void* value, const char* type) {
  sqlite3_bind_pointer(statement_, ++bound_, const_cast<void*>(value), type, nullptr);
  return *this;
}

base::Result<bool> Query::step() {
  const int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  return std::unexpected(connection_->error(status));
}

base::Status Query::run() {
  while (true) {
    BASE_ASSIGN(const bool has_row, step());
    if (!has_row) return {};
  }
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Query::integer_at(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Query::text_at(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Query::blob_at(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

int Query::digit_at(int column, int place) const {
  const auto* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr || sqlite3_column_bytes(statement_, column) <= place) return 0;
  const int digit = bytes[place] - '0';
  return digit >= 0 && digit <= 9 ? digit : 0;
}

// --- Connection

base::Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file, Mode mode,
                                                           const std::string& vfs) {
  std::unique_ptr<Connection> connection(new Connection);
  connection->file_ = file.string();
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= mode == Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  const int status = sqlite3_open_v2(connection->file_.c_str(), &connection->handle_, flags,
                                     vfs.empty() ? nullptr : vfs.c_str());
  if (status != SQLITE_OK) return std::unexpected(connection->error(status));
  return connection;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : idle_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

base::Result<Query> Connection::query(std::string_view sql) {
  std::string key(sql);
  if (const auto at = idle_.find(key); at != idle_.end()) {
    sqlite3_stmt* statement = at->second;
    idle_.erase(at);
    return Query(*this, std::move(key), statement);
  }
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v3(handle_, key.c_str(), static_cast<int>(key.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (status != SQLITE_OK) return std::unexpected(error(status));
  return Query(*this, std::move(key), statement);
}

base::Status Connection::run(const char* sql) {
  const int status = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return std::unexpected(error(status));
  return {};
}

base::Status Connection::run_cached(std::string_view sql) {
  BASE_ASSIGN(Query query, this->query(sql));
  return query.run();
}

base::Status Connection::check_in_place() const {
  int has_moved = 0;
  sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
  if (has_moved == 0) return {};
  return base::fail(ErrorCode::io, file_ + ": the file was moved or deleted while in use",
                    "put it back, or restart the service");
}

base::Result<std::int64_t> Connection::integer(std::string_view sql) {
  BASE_ASSIGN(Query query, this->query(sql));
  BASE_TRY(query.step());
  return query.integer_at(0);
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

std::int64_t Connection::last_row() const {
  return sqlite3_last_insert_rowid(handle_);
}

std::int64_t Connection::total_changes() const {
  return sqlite3_total_changes64(handle_);
}

base::Error Connection::error(int status) const {
  const int system_error = handle_ == nullptr ? 0 : sqlite3_system_errno(handle_);
  const ErrorCode code = code_of(status, system_error);
  const char* message = handle_ == nullptr ? sqlite3_errstr(status) : sqlite3_errmsg(handle_);
  return {code, file_ + ": " + message, hint_of(code), std::nullopt};
}

void Connection::keep(std::string key, sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (idle_.size() >= most_idle_statements) {
    sqlite3_finalize(idle_.begin()->second);
    idle_.erase(idle_.begin());
  }
  if (!idle_.try_emplace(std::move(key), statement).second) sqlite3_finalize(statement);
}

}  // namespace memory_api::storage
