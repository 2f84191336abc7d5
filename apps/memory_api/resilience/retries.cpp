#include "apps/memory_api/resilience/retries.h"

#include <algorithm>

namespace memory_api::resilience {

void RetryBudget::called() {
  const std::lock_guard lock(mutex_);
  saved_ = std::min(saved_ + options_.earned_by_a_call, options_.most_saved);
}

bool RetryBudget::take() {
  const std::lock_guard lock(mutex_);
  if (saved_ < 1) return false;
  saved_ -= 1;
  return true;
}

std::chrono::nanoseconds backoff(int attempt, std::chrono::nanoseconds first,
                                 std::chrono::nanoseconds longest, base::Random& random) {
  std::chrono::nanoseconds limit = first;
  for (int i = 1; i < attempt && limit < longest; ++i) limit *= 2;
  limit = std::min(limit, longest);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(limit * random.uniform());
}

}  // namespace memory_api::resilience
