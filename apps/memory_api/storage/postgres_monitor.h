// Watches one PostgreSQL over a connection of its own: asks it every second whether it works and what
// waits for vectors, and hears what other processes changed (LISTEN).
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>

#include "apps/memory_api/search/tenant_postings.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/postgres_connection.h"
#include "apps/memory_api/storage/postgres_pool.h"
#include "base/error.h"

namespace memory_api::storage {

struct Health {
  base::Status status = {};  // of the newest question
  std::chrono::nanoseconds latency{};
};

// Thread-safe.
class PostgresMonitor {
 public:
  // `sender`: our own notifications are no news.
  PostgresMonitor(std::string url, std::string sender, PostgresPool& pool, search::TenantPostings& cache);
  ~PostgresMonitor();  // within some 200 ms

  Health health() const;
  // What waits for vectors, as it was when last asked for; it is asked for, too, from the first call on.
  VectorBacklog backlog();
  // What is known of whose vectors are kept may be wrong from now on.
  void embedder_changed();

 private:
  void work();
  base::Status watch(PgConnection& connection);
  base::Status ask(PgConnection& connection);
  base::Status ask_backlog(PgConnection& connection);
  void hear(const std::string& payload);
  void note(base::Status status, std::chrono::nanoseconds latency);
  void pause(std::chrono::nanoseconds time) const;

  const std::string url_;
  const std::string sender_;
  PostgresPool& pool_;
  search::TenantPostings& cache_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<bool> wants_backlog_ = false;
  mutable std::mutex mutex_;
  Health health_;
  VectorBacklog backlog_;
  int embedder_changes_ = 0;
  std::thread thread_;
};

}  // namespace memory_api::storage
