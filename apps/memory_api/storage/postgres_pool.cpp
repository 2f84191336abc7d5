#include "apps/memory_api/storage/postgres_pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace memory_api::storage {

base::Result<std::unique_ptr<PostgresPool::Lent>> PostgresPool::lease(PgConnection::Time deadline) {
  BASE_TRY(take_place());
  std::unique_ptr<Lent> lent;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      lent = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (lent) {
    lent->was_used = true;
    lent->connection->set_deadline(deadline);
    return lent;
  }
  if (!breaker_.allows()) {
    give_place_back();
    return base::fail(base::ErrorCode::unavailable,
                      "PostgreSQL failed repeatedly and is left alone for a moment",
                      "try again in a second; GET /ready tells the reason");
  }
  auto connection = PgConnection::connect(options_.url, options_.connect_timeout);
  if (!connection) {
    breaker_.failed();
    give_place_back();
    return std::unexpected(connection.error());
  }
  (*connection)->set_deadline(deadline);
  return std::make_unique<Lent>(Lent{*std::move(connection), false});
}

base::Status PostgresPool::take_place() {
  std::unique_lock lock(mutex_);
  if (!returned_.wait_for(lock, options_.lease_timeout, [this] { return lent_ < options_.connections; })) {
    return base::fail(base::ErrorCode::unavailable,
                      fmt::format("all {} connections to PostgreSQL are busy", options_.connections),
                      "try again in a second, or give the service more with --storage-connections");
  }
  ++lent_;
  return {};
}

void PostgresPool::give_place_back() {
  {
    const std::lock_guard lock(mutex_);
    --lent_;
  }
  returned_.notify_one();
}

// A lost connection takes those beside it along where they are older: the server that they led to is gone.
void PostgresPool::give_back(std::unique_ptr<Lent> lent, bool lost) {
  std::vector<std::unique_ptr<Lent>> dropped;
  if (lost) {
    breaker_.failed();
    dropped.push_back(std::move(lent));
  } else {
    breaker_.succeeded();
  }
  {
    const std::lock_guard lock(mutex_);
    if (lost) {
      std::move(idle_.begin(), idle_.end(), std::back_inserter(dropped));
      idle_.clear();
    } else {
      idle_.push_back(std::move(lent));
    }
  }
  give_place_back();
}

}  // namespace memory_api::storage
