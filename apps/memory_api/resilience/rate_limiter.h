// How many requests a key may make in a second. Counted in Redis where there is one, for all processes
// together; in this process where there is none, and as long as it is away: limits then hold for each process
// alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "apps/memory_api/memory/memory_service.h"
#include "apps/memory_api/resilience/redis_counters.h"
#include "base/clock.h"
#include "telemetry/metrics.h"

namespace memory_api::resilience {

// Counts of this process, a second long each. Thread-safe.
class LocalCounters {
 public:
  // Counts one more in that second; how many that makes.
  std::uint64_t add(std::string_view key, std::int64_t second);

 private:
  std::mutex mutex_;
  std::int64_t second_ = 0;
  std::unordered_map<std::string, std::uint64_t> counts_;
};

// Thread-safe.
class RateLimiter {
 public:
  // `per_second` ≥ 1.
  RateLimiter(std::uint64_t per_second, std::optional<RedisAddress> redis, telemetry::Registry& metrics,
              const base::Clock& clock = base::system_clock());

  // Counts a request; where it is one too many, after how long the next one may come.
  std::optional<std::chrono::seconds> refuse(std::string_view key);

  // Of Redis: degraded while it is away. Nothing where none is used.
  std::optional<memory::Readiness> readiness();

 private:
  const std::uint64_t per_second_;
  const base::Clock& clock_;
  LocalCounters local_;
  std::unique_ptr<RedisCounters> redis_;
  telemetry::Counter* refused_;
  telemetry::Counter* unshared_;
  telemetry::Gauge* up_;
  std::mutex mutex_;
  memory::Readiness readiness_;
};

}  // namespace memory_api::resilience
