// Counts that several processes share, in Redis.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "apps/memory_api/resilience/circuit_breaker.h"
#include "base/clock.h"
#include "base/error.h"

namespace memory_api::resilience {

// redis://[:PASSWORD@]HOST[:PORT][/DATABASE]
struct RedisAddress {
  std::string host;
  int port = 6379;
  std::string password = {};
  int database = 0;
};
base::Result<RedisAddress> parse_redis_url(std::string_view url);

// Counts in Redis. Thread-safe. An answer that takes longer than 100 ms is none; after three failures in a
// row Redis is left alone for a second at a time.
class RedisCounters {
 public:
  RedisCounters(RedisAddress address, const base::Clock& clock);
  ~RedisCounters();

  base::Result<std::uint64_t> add(std::string_view key, std::int64_t second);
  // Asks it where that is due; the error of the newest call.
  base::Status probe();
  std::chrono::nanoseconds latency() const;

 private:
  class Connections;
  template <class Call>
  auto guarded(const Call& call) -> decltype(call());
  void note(base::Status status, std::chrono::nanoseconds latency);

  std::unique_ptr<Connections> connections_;
  CircuitBreaker breaker_;
  mutable std::mutex mutex_;
  base::Status status_;
  std::chrono::nanoseconds latency_{};
};

}  // namespace memory_api::resilience
