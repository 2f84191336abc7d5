#include "apps/memory_api/resilience/rate_limiter.h"

#include <utility>

namespace memory_api::resilience {

using namespace std::chrono_literals;

// --- LocalCounters

std::uint64_t LocalCounters::add(std::string_view key, std::int64_t second) {
  const std::lock_guard lock(mutex_);
  if (second != second_) {
    counts_.clear();
    second_ = second;
  }
  return ++counts_[std::string(key)];
}

// --- RateLimiter

RateLimiter::RateLimiter(std::uint64_t per_second, std::optional<RedisAddress> redis,
                         telemetry::Registry& metrics, const base::Clock& clock)
    : per_second_(per_second),
      clock_(clock),
      redis_(redis ? std::make_unique<RedisCounters>(*std::move(redis), clock) : nullptr),
      refused_(
          &metrics.counter("rate_limit_refused_total", "Requests refused since their key made too many.")),
      unshared_(&metrics.counter("rate_limit_unshared_total",
                                 "Requests counted in this process alone since Redis was away.")),
      up_(redis_ ? &metrics.gauge("redis_up", "1 while Redis answers.") : nullptr) {
  readiness_.since = clock.utc();
  if (up_) up_->set(1);
}

std::optional<std::chrono::seconds> RateLimiter::refuse(std::string_view key) {
  const std::int64_t second =
      std::chrono::floor<std::chrono::seconds>(clock_.utc()).time_since_epoch().count();
  std::uint64_t count = 0;
  if (redis_) {
    const auto shared = redis_->add(key, second);
    up_->set(shared ? 1 : 0);
    if (shared) count = *shared;
    if (!shared) unshared_->add();
  }
  if (count == 0) count = local_.add(key, second);
  if (count <= per_second_) return std::nullopt;
  refused_->add();
  return 1s;
}

std::optional<memory::Readiness> RateLimiter::readiness() {
  if (!redis_) return std::nullopt;
  const base::Status probed = redis_->probe();
  up_->set(probed ? 1 : 0);
  const std::lock_guard lock(mutex_);
  using Readiness = memory::Readiness;
  const auto status = probed ? Readiness::Status::ok : Readiness::Status::degraded;
  if (status != readiness_.status) readiness_.since = clock_.utc();
  readiness_.status = status;
  readiness_.latency = redis_->latency();
  readiness_.reason = probed ? std::string() : base::to_string(probed.error());
  return readiness_;
}

}  // namespace memory_api::resilience
