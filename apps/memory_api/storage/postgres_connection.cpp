#include "apps/memory_api/storage/postgres_connection.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <poll.h>

#include "apps/memory_api/storage/libpq.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using base::Status;

// pg_type.dat
constexpr unsigned type_bool = 16;
constexpr unsigned type_bytea = 17;
constexpr unsigned type_int8 = 20;
constexpr unsigned type_text = 25;
constexpr unsigned type_float4 = 700;
constexpr unsigned type_float4_array = 1021;
constexpr unsigned type_int8_array = 1016;
constexpr unsigned type_text_array = 1009;
constexpr unsigned type_uuid = 2950;
constexpr unsigned type_uuid_array = 2951;

constexpr int binary = 1;
// Filters make statements of many shapes; the first ones stay prepared.
constexpr std::size_t most_prepared = 128;

template <class Integer>
std::string network_order(Integer value) {
  std::string bytes(sizeof value, '\0');
  const Integer swapped = std::endian::native == std::endian::little ? std::byteswap(value) : value;
  std::memcpy(bytes.data(), &swapped, sizeof value);
  return bytes;
}

// array_send: dimensions, whether there are NULLs, element type, and for the one dimension its size and first
// index; then each element with its length.
template <class Values, class Encode>
std::string array_of(unsigned element_type, const Values& values, const Encode& encode) {
  std::string bytes;
  bytes += network_order(std::int32_t{1}) + network_order(std::int32_t{0});
  bytes += network_order(static_cast<std::int32_t>(element_type));
  bytes += network_order(static_cast<std::int32_t>(values.size())) + network_order(std::int32_t{1});
  for (const auto& value : values) {
    const std::string element = encode(value);
    bytes += network_order(static_cast<std::int32_t>(element.size())) + element;
  }
  return bytes;
}

std::string as_it_is(const std::string& value) {
  return value;
}

// https://www.postgresql.org/docs/15/errcodes-appendix.html
ErrorCode code_of(std::string_view state) {
  if (state == "53100") return ErrorCode::no_space;
  if (state == "57014" || state == "55P03") return ErrorCode::timeout;  // statement_timeout, lock_timeout
  if (state == "25006" || state == "42501" || state.starts_with("28")) return ErrorCode::permission;
  if (state.starts_with("XX")) return ErrorCode::corrupt;
  for (const char* away : {"08", "53", "57P", "40", "25P"}) {
    if (state.starts_with(away)) return ErrorCode::unavailable;
  }
  return ErrorCode::internal;
}

std::string hint_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::no_space:
      return "free some space for the database; reading still works";
    case ErrorCode::permission:
      return "give the role the right to write; is this a standby?";
    case ErrorCode::timeout:
    case ErrorCode::unavailable:
      return "try again in a moment";
    default:
      return {};
  }
}

std::string first_line(const char* message) {
  const std::string_view text = message == nullptr ? "" : message;
  return std::string(text.substr(0, text.find('\n')));
}

void ignore_notice(void*, const PGresult*) {}

std::string server_of(const PGconn* handle) {
  const auto part = [](const char* text) { return std::string(text == nullptr ? "" : text); };
  return fmt::format("PostgreSQL {}:{}/{}", part(pq().PQhost(handle)), part(pq().PQport(handle)),
                     part(pq().PQdb(handle)));
}

std::unexpected<base::Error> unreadable_address() {
  return base::fail(ErrorCode::invalid_argument, "PostgreSQL: the address cannot be read",
                    "--storage: expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE, user and password "
                    "percent-encoded");
}

// A password with @ / or ? in it would be split, and a part of it pass for the host, the port or the
// database, which messages name. So there is one @ at most, and it ends what stands before the host.
Status check_address(std::string_view url) {
  constexpr std::string_view mark = "://";
  const std::size_t start = url.find(mark);
  if (start == std::string_view::npos) return unreadable_address();
  url.remove_prefix(start + mark.size());
  const std::size_t at = url.find('@');
  if (at == std::string_view::npos) return {};
  if (at < url.find_first_of("/?") && url.find('@', at + 1) == std::string_view::npos) return {};
  return base::fail(ErrorCode::invalid_argument, "PostgreSQL: the address has an @ where none may be",
                    "--storage: percent-encode user and password, and every @ after the host as %40");
}

// Whoever comes first, the descriptor or the deadline.
bool wait_for(int descriptor, short events, PgConnection::Time deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() < 0) return false;
    pollfd waiting{descriptor, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace

bool is_lost(const base::Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout;
}

// --- PgParameters

PgParameters& PgParameters::add(unsigned type, std::optional<std::string> value) {
  types_.push_back(type);
  values_.push_back(std::move(value));
  return *this;
}

PgParameters& PgParameters::integer(std::int64_t value) {
  return add(type_int8, network_order(value));
}
PgParameters& PgParameters::text(std::string_view value) {
  return add(type_text, std::string(value));
}
PgParameters& PgParameters::text_or_null(std::string_view value) {
  return value.empty() ? add(type_text, std::nullopt) : text(value);
}
PgParameters& PgParameters::uuid(std::string_view bytes) {
  return add(type_uuid, std::string(bytes));
}
PgParameters& PgParameters::bytes(std::string_view value) {
  return add(type_bytea, std::string(value));
}
PgParameters& PgParameters::boolean(bool value) {
  return add(type_bool, std::string(1, value ? '\1' : '\0'));
}
PgParameters& PgParameters::null_integer() {
  return add(type_int8, std::nullopt);
}
PgParameters& PgParameters::reals(std::span<const float> values) {
  return add(type_float4_array, array_of(type_float4, values, [](float value) {
               return network_order(std::bit_cast<std::int32_t>(value));
             }));
}
PgParameters& PgParameters::integers(const std::vector<std::int64_t>& values) {
  return add(type_int8_array,
             array_of(type_int8, values, [](std::int64_t value) { return network_order(value); }));
}
PgParameters& PgParameters::texts(const std::vector<std::string>& values) {
  return add(type_text_array, array_of(type_text, values, as_it_is));
}
PgParameters& PgParameters::uuids(const std::vector<std::string>& values) {
  return add(type_uuid_array, array_of(type_uuid, values, as_it_is));
}

// --- PgRows

PgRows::PgRows(pg_result* result) : result_(result, pq().PQclear) {}

int PgRows::size() const {
  return pq().PQntuples(result_.get());
}
bool PgRows::is_null(int row, int column) const {
  return pq().PQgetisnull(result_.get(), row, column) != 0;
}
std::int64_t PgRows::integer(int row, int column) const {
  if (pq().PQgetlength(result_.get(), row, column) != sizeof(std::int64_t)) return 0;
  std::int64_t value = 0;
  std::memcpy(&value, pq().PQgetvalue(result_.get(), row, column), sizeof value);
  return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}
double PgRows::real(int row, int column) const {
  return std::bit_cast<double>(integer(row, column));
}
std::string PgRows::text(int row, int column) const {
  return {pq().PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(pq().PQgetlength(result_.get(), row, column))};
}
bool PgRows::boolean(int row, int column) const {
  return pq().PQgetlength(result_.get(), row, column) == 1 &&
         *pq().PQgetvalue(result_.get(), row, column) != 0;
}

// --- PgConnection: opening

base::Result<std::unique_ptr<PgConnection>> PgConnection::connect(const std::string& url,
                                                                  std::chrono::nanoseconds timeout) {
  const std::array<const char*, 5> names = {"dbname", "fallback_application_name", "client_encoding",
                                            "tcp_user_timeout", nullptr};
  const std::array<const char*, 5> values = {url.c_str(), "memory_api", "UTF8", "5000", nullptr};
  BASE_TRY(check_address(url));
  BASE_TRY(load_libpq());
  std::unique_ptr<PgConnection> connection(new PgConnection());
  const Time deadline = std::chrono::steady_clock::now() + timeout;
  connection->handle_ = pq().PQconnectStartParams(names.data(), values.data(), 1);
  if (connection->handle_ == nullptr) return base::fail(ErrorCode::internal, "PostgreSQL: out of memory");
  connection->server_ = server_of(connection->handle_);
  BASE_TRY(connection->establish(deadline));
  connection->set_deadline(deadline);
  // An acknowledged write must be on the disk, whatever the server's default is. A process that hangs must
  // not hold the others up for ever. To compile a statement takes longer than any of ours.
  BASE_TRY(
      connection->run("SET search_path = memory_api; SET idle_in_transaction_session_timeout = '20s';"
                      "SET jit = off;"
                      "SELECT set_config('synchronous_commit', 'on', false) "
                      "WHERE current_setting('synchronous_commit') = 'off'"));
  if (pq().PQenterPipelineMode(connection->handle_) != 1) {
    return base::fail(ErrorCode::internal, connection->server_ + ": no pipeline mode");
  }
  return connection;
}

Status PgConnection::establish(Time deadline) {
  const auto refused = [this] {
    std::string message = fmt::format("{}: {}", server_, first_line(pq().PQerrorMessage(handle_)));
    const bool is_ours = message.contains("authentication") || message.contains("does not exist") ||
                         message.contains("invalid") || message.contains("missing");
    return base::fail(is_ours ? ErrorCode::permission : ErrorCode::unavailable, std::move(message),
                      is_ours ? "check user, password and database of --storage" : "is the server up?");
  };
  if (pq().PQstatus(handle_) == CONNECTION_BAD) {
    // Without a host it could not read the address, which its message then quotes with the password in it.
    const char* host = pq().PQhost(handle_);
    return host == nullptr || *host == '\0' ? unreadable_address() : refused();
  }
  pq().PQsetNoticeReceiver(handle_, ignore_notice, nullptr);
  for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;
       state = pq().PQconnectPoll(handle_)) {
    if (state == PGRES_POLLING_FAILED) return refused();
    const bool reads = state == PGRES_POLLING_READING;
    if (!wait_for(pq().PQsocket(handle_), reads ? POLLIN : POLLOUT, deadline)) {
      return base::fail(ErrorCode::timeout, server_ + ": no connection in time", "is the server up?");
    }
  }
  server_ = server_of(handle_);
  if (pq().PQsetnonblocking(handle_, 1) != 0) return refused();
  return {};
}

PgConnection::~PgConnection() {
  pq().PQfinish(handle_);
}

// --- PgConnection: statements

// Whether the statement has a name now; it is prepared under it where that is new.
bool PgConnection::prepare(std::string_view sql, const PgParameters& parameters, std::string& name) {
  const auto known = prepared_.find(std::string(sql));
  if (known != prepared_.end()) {
    name = known->second;
    return true;
  }
  if (prepared_.size() >= most_prepared) return false;
  name = fmt::format("s{}", prepared_.size());
  if (pq().PQsendPrepare(handle_, name.c_str(), std::string(sql).c_str(), static_cast<int>(parameters.size()),
                         parameters.types_.data()) != 1) {
    return false;
  }
  expected_.push_back(Expected::nothing);
  prepared_.emplace(sql, name);
  return true;
}

void PgConnection::send(std::string_view sql, const PgParameters& parameters) {
  const auto count = static_cast<int>(parameters.size());
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const auto& value : parameters.values_) {
    values.push_back(value ? value->data() : nullptr);
    lengths.push_back(value ? static_cast<int>(value->size()) : 0);
  }
  const std::vector<int> formats(parameters.size(), binary);
  std::string name;
  const int sent =
      prepare(sql, parameters, name)
          ? pq().PQsendQueryPrepared(handle_, name.c_str(), count, values.data(), lengths.data(),
                                     formats.data(), binary)
          : pq().PQsendQueryParams(handle_, std::string(sql).c_str(), count, parameters.types_.data(),
                                   values.data(), lengths.data(), formats.data(), binary);
  if (sent != 1) {
    return lose({.code = ErrorCode::unavailable,
                 .message = fmt::format("{}: {}", server_, first_line(pq().PQerrorMessage(handle_)))});
  }
  expected_.push_back(Expected::rows);
}

void PgConnection::queue(std::string_view sql, const PgParameters& parameters) {
  if (!failure_) send(sql, parameters);
}

base::Result<PgRows> PgConnection::fetch(std::string_view sql, const PgParameters& parameters) {
  queue(sql, parameters);
  PgRows rows;
  if (!failure_ && pq().PQsendFlushRequest(handle_) != 1) {
    lose({.code = ErrorCode::unavailable, .message = server_ + ": the connection was lost"});
  }
  while (!failure_ && !expected_.empty()) {
    auto next = next_rows();
    if (!next) fail(next.error());
    if (next) rows = *std::move(next);
  }
  if (failure_) return std::unexpected(*failure_);
  return rows;
}

Status PgConnection::finish() {
  BASE_TRY(drain_until_sync());
  if (!failure_) return {};
  base::Error error = *std::exchange(failure_, std::nullopt);
  prepared_.clear();  // of some it is unknown whether they came to be
  for (const char* sql : {"ROLLBACK", "DEALLOCATE ALL"}) {
    if (pq().PQsendQueryParams(handle_, sql, 0, nullptr, nullptr, nullptr, nullptr, binary) == 1) {
      expected_.push_back(Expected::rows);
    }
  }
  BASE_TRY(drain_until_sync());
  if (failure_) lose(*std::exchange(failure_, std::nullopt));
  return std::unexpected(std::move(error));
}

Status PgConnection::drain_until_sync() {
  if (is_broken_)
    return std::unexpected(failure_.value_or(
        base::Error{.code = ErrorCode::unavailable, .message = server_ + ": the connection was lost"}));
  if (pq().PQpipelineSync(handle_) != 1) {
    lose({.code = ErrorCode::unavailable, .message = server_ + ": the connection was lost"});
    return std::unexpected(*failure_);
  }
  expected_.push_back(Expected::sync);
  while (!expected_.empty()) {
    const auto next = next_rows();
    if (!next) fail(next.error());
    if (is_broken_) return std::unexpected(*failure_);
  }
  return {};
}

// The outcome of the oldest statement that has none yet. Statements after a failed one have none: they count
// as empty, since the failure is known already.
base::Result<PgRows> PgConnection::next_rows() {
  const Expected expected = expected_.front();
  expected_.pop_front();
  PgRows rows;
  while (true) {
    BASE_TRY(wait_for_input(deadline_));
    PGresult* result = pq().PQgetResult(handle_);
    if (result == nullptr) return rows;
    const ExecStatusType status = pq().PQresultStatus(result);
    PgRows taken(result);
    if (status == PGRES_PIPELINE_SYNC) return taken;
    if (status == PGRES_FATAL_ERROR) {
      const base::Error error = error_of(result);
      if (pq().PQstatus(handle_) == CONNECTION_BAD) {
        lose(error);
        return std::unexpected(error);
      }
      if (expected != Expected::sync) static_cast<void>(pq().PQgetResult(handle_));  // its end mark
      return std::unexpected(error);
    }
    rows = std::move(taken);
  }
}

Status PgConnection::wait_for_input(Time deadline) {
  const auto lost = [this](ErrorCode code, std::string why) -> Status {
    lose({.code = code, .message = fmt::format("{}: {}", server_, why), .hint = hint_of(code)});
    return std::unexpected(*failure_);
  };
  while (true) {
    const int unsent = pq().PQflush(handle_);
    if (unsent < 0) return lost(ErrorCode::unavailable, first_line(pq().PQerrorMessage(handle_)));
    if (pq().PQisBusy(handle_) == 0) return {};
    const short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
    if (!wait_for(pq().PQsocket(handle_), events, deadline)) {
      return lost(ErrorCode::timeout, "no answer in time");
    }
    if (pq().PQconsumeInput(handle_) != 1) {
      return lost(ErrorCode::unavailable, first_line(pq().PQerrorMessage(handle_)));
    }
  }
}

Status PgConnection::run(const std::string& sql) {
  const bool was_pipeline = pq().PQpipelineStatus(handle_) != PQ_PIPELINE_OFF;
  if (was_pipeline && pq().PQexitPipelineMode(handle_) != 1) {
    return base::fail(ErrorCode::internal, server_ + ": statements are under way");
  }
  if (pq().PQsendQuery(handle_, sql.c_str()) != 1) {
    return base::fail(ErrorCode::unavailable, server_ + ": the connection was lost");
  }
  Status status;
  while (true) {
    BASE_TRY(wait_for_input(deadline_));
    PGresult* result = pq().PQgetResult(handle_);
    if (result == nullptr) break;
    const PgRows rows(result);
    if (pq().PQresultStatus(result) == PGRES_FATAL_ERROR && status)
      status = std::unexpected(error_of(result));
  }
  if (was_pipeline) pq().PQenterPipelineMode(handle_);
  return status;
}

base::Result<std::vector<std::string>> PgConnection::notifications() {
  std::vector<std::string> payloads;
  if (wait_for(pq().PQsocket(handle_), POLLIN, deadline_) && pq().PQconsumeInput(handle_) != 1) {
    lose({.code = ErrorCode::unavailable,
          .message = fmt::format("{}: {}", server_, first_line(pq().PQerrorMessage(handle_)))});
    return std::unexpected(*failure_);
  }
  while (PGnotify* notification = pq().PQnotifies(handle_)) {
    payloads.emplace_back(notification->extra);
    pq().PQfreemem(notification);
  }
  return payloads;
}

void PgConnection::fail(base::Error error) {
  if (!failure_) failure_ = std::move(error);
}

void PgConnection::lose(base::Error error) {
  is_broken_ = true;
  fail(std::move(error));
}

base::Error PgConnection::error_of(const pg_result* result) const {
  const char* state = pq().PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = pq().PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const ErrorCode code = state == nullptr ? ErrorCode::unavailable : code_of(state);
  const std::string message = primary == nullptr ? first_line(pq().PQresultErrorMessage(result)) : primary;
  return {.code = code,
          .message =
              fmt::format("{}: {}{}", server_, message, state == nullptr ? "" : fmt::format(" ({})", state)),
          .hint = hint_of(code)};
}

}  // namespace memory_api::storage
