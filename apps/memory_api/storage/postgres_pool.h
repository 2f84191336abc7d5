// A bounded number of connections to PostgreSQL, lent to one reader at a time.
//
// Bulkhead: who finds all of them lent waits a short time and is then refused, so that a slow server does not
// gather the whole service behind it. A circuit breaker refuses at once while the server is away.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "apps/memory_api/resilience/circuit_breaker.h"
#include "apps/memory_api/resilience/retries.h"
#include "apps/memory_api/storage/postgres_connection.h"
#include "base/clock.h"

namespace memory_api::storage {

struct PoolOptions {
  std::string url;
  std::size_t connections = 8;  // 1–1,000
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(2);
  std::chrono::nanoseconds call_timeout = std::chrono::seconds(2);  // of all that one lease asks
  std::chrono::nanoseconds lease_timeout = std::chrono::milliseconds(500);
};

// Thread-safe.
class PostgresPool {
 public:
  explicit PostgresPool(PoolOptions options)
      : options_(std::move(options)), breaker_({}, base::system_clock()) {}

  // Runs `read(connection)`, which gives a Result. A connection that was found lost is replaced and the call
  // made once more, if it took no long time and the budget has a retry. unavailable where none is free.
  template <class Read>
  auto with(const Read& read) -> decltype(read(std::declval<PgConnection&>())) {
    const auto deadline = std::chrono::steady_clock::now() + options_.call_timeout;
    retries_.called();
    while (true) {
      BASE_ASSIGN(auto connection, lease(deadline));
      const bool was_used = connection->was_used;
      auto result = read(*connection->connection);
      const bool lost = connection->connection->is_broken();
      give_back(std::move(connection), lost);
      const bool is_stale = lost && was_used && !result && result.error().code != base::ErrorCode::timeout;
      if (!is_stale || !retries_.take()) return result;
    }
  }

  // The server answered somebody else: no need to leave it alone any longer.
  void server_is_back() { breaker_.succeeded(); }
  resilience::CircuitBreaker::State breaker() const { return breaker_.state(); }

 private:
  struct Lent {
    std::unique_ptr<PgConnection> connection;
    bool was_used = false;  // before this lease
  };

  base::Result<std::unique_ptr<Lent>> lease(PgConnection::Time deadline);
  base::Status take_place();
  void give_place_back();
  void give_back(std::unique_ptr<Lent> lent, bool lost);

  const PoolOptions options_;
  resilience::CircuitBreaker breaker_;
  resilience::RetryBudget retries_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::size_t lent_ = 0;
  std::vector<std::unique_ptr<Lent>> idle_;
};

}  // namespace memory_api::storage
