#include "apps/memory_api/storage/postgres_monitor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "apps/memory_api/resilience/retries.h"
#include "apps/memory_api/storage/postgres_vectors.h"
#include "apps/memory_api/storage/postgres_writer.h"
#include "base/random.h"
#include "base/text.h"

namespace memory_api::storage {
namespace {

using namespace std::chrono_literals;
using base::Status;
using SteadyClock = std::chrono::steady_clock;

constexpr auto ask_every = 1s;
constexpr auto patience = 1s;  // an answer that takes longer is none
constexpr auto slice = 100ms;  // how long a stop may have to wait
constexpr auto first_pause = 100ms;
constexpr auto longest_pause = 1s;

}  // namespace

PostgresMonitor::PostgresMonitor(std::string url, std::string sender, PostgresPool& pool,
                                 search::TenantPostings& cache)
    : url_(std::move(url)), sender_(std::move(sender)), pool_(pool), cache_(cache), thread_([this] {
        work();
      }) {}

PostgresMonitor::~PostgresMonitor() {
  is_stopping_ = true;
  thread_.join();
}

Health PostgresMonitor::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

VectorBacklog PostgresMonitor::backlog() {
  wants_backlog_ = true;
  const std::lock_guard lock(mutex_);
  return backlog_;
}

void PostgresMonitor::embedder_changed() {
  const std::lock_guard lock(mutex_);
  ++embedder_changes_;
  backlog_.embedder.reset();
}

void PostgresMonitor::work() {
  base::Random random(base::entropy_seed());
  for (int attempt = 1; !is_stopping_; ++attempt) {
    auto connection = PgConnection::connect(url_, patience);
    if (connection) {
      attempt = 1;
      note(watch(**connection), {});
    } else {
      note(std::unexpected(connection.error()), {});
    }
    pause(resilience::backoff(attempt, first_pause, longest_pause, random));
  }
}

// Until the connection is lost.
Status PostgresMonitor::watch(PgConnection& connection) {
  connection.set_deadline(SteadyClock::now() + patience);
  BASE_TRY(connection.run(fmt::format("LISTEN {}", changes_channel)));
  while (!is_stopping_) {
    BASE_TRY(ask(connection));
    if (wants_backlog_) BASE_TRY(ask_backlog(connection));
    const auto next = SteadyClock::now() + ask_every;
    while (!is_stopping_ && SteadyClock::now() < next) {
      connection.set_deadline(SteadyClock::now() + slice);
      BASE_ASSIGN(const auto payloads, connection.notifications());
      for (const std::string& payload : payloads) hear(payload);
    }
  }
  return {};
}

Status PostgresMonitor::ask(PgConnection& connection) {
  const auto start = SteadyClock::now();
  connection.set_deadline(start + patience);
  const auto answer = connection.fetch("SELECT count(*) FROM writer");
  BASE_TRY(connection.finish());
  if (!answer) return std::unexpected(answer.error());
  note({}, SteadyClock::now() - start);
  return {};
}

Status PostgresMonitor::ask_backlog(PgConnection& connection) {
  const auto changes = [this] {
    const std::lock_guard lock(mutex_);
    return embedder_changes_;
  };
  const int before = changes();
  connection.set_deadline(SteadyClock::now() + patience);
  auto backlog = read_backlog(connection);
  BASE_TRY(connection.finish());
  if (!backlog) return std::unexpected(backlog.error());
  const std::lock_guard lock(mutex_);
  backlog_ = *std::move(backlog);
  if (embedder_changes_ != before) backlog_.embedder.reset();
  return {};
}

// "SENDER TENANT:VERSION TENANT:VERSION"
void PostgresMonitor::hear(const std::string& payload) {
  std::string_view rest = payload;
  const auto next_word = [&rest] {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
  };
  if (next_word() == sender_) return;
  while (!rest.empty()) {
    const std::string_view word = next_word();
    const auto colon = word.find(':');
    if (colon == std::string_view::npos) continue;
    const auto tenant = base::parse_integer(word.substr(0, colon));
    const auto version = base::parse_integer(word.substr(colon + 1));
    if (tenant && version) cache_.changed_elsewhere(*tenant, *version);
  }
}

void PostgresMonitor::note(Status status, std::chrono::nanoseconds latency) {
  const bool works = status.has_value();
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return;
    const bool is_back = works && !health_.status;
    health_ = {std::move(status), latency};
    if (!is_back) return;
  }
  pool_.server_is_back();
}

void PostgresMonitor::pause(std::chrono::nanoseconds time) const {
  const auto end = SteadyClock::now() + time;
  while (!is_stopping_ && SteadyClock::now() < end) std::this_thread::sleep_for(10ms);
}

}  // namespace memory_api::storage
