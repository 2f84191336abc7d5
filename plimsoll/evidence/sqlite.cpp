#include "plimsoll/evidence/sqlite.h"

#include <cerrno>
#include <utility>

#include <sqlite3.h>
#include <unistd.h>

namespace plimsoll::evidence {
namespace {

using base::ErrorCode;

constexpr int kBusyMilliseconds = 5000;

bool is_full(int error_number) {
  return error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
}

base::Error full_error(const std::string& file) {
  return {ErrorCode::no_space,
          file + ": no space left to write evidence",
          "free some, or run `plimsoll store prune`; what was acknowledged is kept",
          {}};
}

base::Error open_error(const std::string& file, int error_number) {
  if (error_number == 0) return {ErrorCode::io, file + ": cannot be opened", {}, {}};
  auto error = base::from_errno(file + ": cannot be opened", error_number);
  return is_full(error_number) ? full_error(file) : error;
}

// URI parameters are the only way to open what lies on a medium that cannot be written: nothing may be
// created beside it.
std::string immutable_uri(const std::filesystem::path& path) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string uri = "file:";
  for (const char c : path.string()) {
    if (c == '%' || c == '?' || c == '#') {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', digits[byte >> 4], digits[byte & 15]};
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

bool has_pending_log(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path.string() + "-wal", ignored);
  return !ignored && size > 0;
}

int open_flags(const DatabaseOptions& options) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (options.read_only) return flags | SQLITE_OPEN_READONLY;
  flags |= SQLITE_OPEN_READWRITE;
  return options.create ? flags | SQLITE_OPEN_CREATE : flags;
}

bool folder_is_writable(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  return ::access(folder.c_str(), W_OK) == 0;
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      sql_(std::move(other.sql_)),
      next_parameter_(other.next_parameter_),
      bind_error_(other.bind_error_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  reset();
  database_->give_back(std::move(sql_), statement_);
}

void Statement::note(int code) {
  ++next_parameter_;
  if (code != SQLITE_OK && bind_error_ == SQLITE_OK) bind_error_ = code;
}

Statement& Statement::bind(std::int64_t value) {
  note(sqlite3_bind_int64(statement_, next_parameter_, value));
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  // A view may start at nullptr, which SQLite would take for NULL.
  const char* data = text.data() != nullptr ? text.data() : "";
  note(sqlite3_bind_text64(statement_, next_parameter_, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  const char* data = bytes.data() != nullptr ? bytes.data() : "";
  note(sqlite3_bind_blob64(statement_, next_parameter_, data, bytes.size(), SQLITE_STATIC));
  return *this;
}

Statement& Statement::bind_null() {
  note(sqlite3_bind_null(statement_, next_parameter_));
  return *this;
}

base::Result<bool> Statement::step() {
  if (bind_error_ != SQLITE_OK) return std::unexpected(database_->error(bind_error_));
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(database_->error(code));
}

base::Status Statement::run() {
  base::Result<bool> row = true;
  while (row && *row) row = step();
  if (!row) return std::unexpected(row.error());
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  next_parameter_ = 1;
  bind_error_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const {
  return std::string(blob(column));
}

std::string_view Statement::blob(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

base::Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path,
                                                       const DatabaseOptions& options) {
  const bool immutable = options.read_only && !folder_is_writable(path) && !has_pending_log(path);
  const std::string name = immutable ? immutable_uri(path) : path.string();
  sqlite3* handle = nullptr;
  const int flags = open_flags(options) | (immutable ? SQLITE_OPEN_URI : 0);
  const int code =
      sqlite3_open_v2(name.c_str(), &handle, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
  // The handle exists even where opening failed, and owns the message.
  std::unique_ptr<Database> database(new Database(handle, path));
  if (handle == nullptr)
    return base::fail(ErrorCode::internal, path.string() + ": out of memory while opening");
  if (code != SQLITE_OK) return std::unexpected(database->error(code));
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  if (!options.read_only && sqlite3_db_readonly(handle, "main") == 1) {
    return std::unexpected(database->error(SQLITE_READONLY));
  }
  return database;
}

Database::~Database() {
  for (auto& [sql, statements] : idle_) {
    for (auto* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close_v2(handle_);
}

base::Status Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(error(code));
  return {};
}

base::Result<Statement> Database::prepare(std::string_view sql) {
  if (const auto idle = idle_.find(sql); idle != idle_.end() && !idle->second.empty()) {
    auto* statement = idle->second.back();
    idle->second.pop_back();
    return Statement(this, statement, std::string(sql));
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return std::unexpected(error(code));
  return Statement(this, statement, std::string(sql));
}

base::Result<std::int64_t> Database::query_integer(std::string_view sql) {
  BASE_ASSIGN(auto statement, prepare(sql));
  BASE_ASSIGN(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}
std::int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(handle_);
}
std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}
std::int64_t Database::total_changes() const {
  return sqlite3_total_changes64(handle_);
}

base::Error Database::error(int code) const {
  // SQLite does not pass the number on from a failing commit, but nothing has touched it since.
  const int last_errno = errno;
  const std::string file = path_.string();
  const std::string said = sqlite3_errmsg(handle_);
  const int passed_on = sqlite3_system_errno(handle_);
  const int error_number = passed_on != 0 ? passed_on : last_errno;
  switch (code & 0xff) {
    case SQLITE_FULL:
      return full_error(file);
    case SQLITE_CORRUPT:
      return {ErrorCode::corrupt,
              file + ": the evidence store is damaged (" + said + ")",
              "put a copy in its place, or move it away: a new one is begun then",
              {}};
    case SQLITE_NOTADB:
      return {ErrorCode::corrupt,
              file + ": is not an evidence store (no SQLite database)",
              "name another file, or move it away: a new one is begun then",
              {}};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorCode::permission,
              file + ": the evidence store cannot be written (" + said + ")",
              "check the permissions of the file and of its folder",
              {}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::conflict,
              file + ": another process holds the evidence store",
              "try again when it is done",
              {}};
    case SQLITE_CANTOPEN:
      return open_error(file, error_number);
    case SQLITE_IOERR:
      if (is_full(error_number)) return full_error(file);
      if (code == SQLITE_IOERR_SHORT_READ)
        return {ErrorCode::corrupt, file + ": the evidence store is cut short", {}, {}};
      return base::with_context(base::from_errno(said, error_number), file);
    case SQLITE_TOOBIG:
      return {ErrorCode::too_large, file + ": " + said, {}, {}};
    default:
      // A table or column that is not there: the version says it must be.
      if (said.starts_with("no such"))
        return {ErrorCode::corrupt, file + ": the evidence store is damaged (" + said + ")", {}, {}};
      return {ErrorCode::internal, file + ": " + said, {}, {}};
  }
}

base::Error Database::damaged(base::Error cause) const {
  cause.code = ErrorCode::corrupt;
  return base::with_context(std::move(cause), path_.string() + ": the evidence store is damaged");
}

void Database::give_back(std::string sql, sqlite3_stmt* statement) {
  idle_[std::move(sql)].push_back(statement);
}

base::Result<Transaction> Transaction::begin(Database& database, TransactionKind kind) {
  BASE_TRY(database.execute(kind == TransactionKind::write ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(database);
}

Transaction::~Transaction() {
  // Some errors (a full disk) have rolled back already.
  if (database_ == nullptr || !database_->in_transaction()) return;
  [[maybe_unused]] const auto rolled_back = database_->execute("ROLLBACK");
}

base::Status Transaction::commit() {
  BASE_TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace plimsoll::evidence
