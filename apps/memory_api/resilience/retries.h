// When a failed call may be made again, and after how long.
#pragma once

#include <chrono>
#include <mutex>

#include "base/random.h"

namespace memory_api::resilience {

// Bounds retries to a share of the calls: a dependency that fails for everybody must not get twice the load.
// Each call earns a part of a retry, each retry costs a whole one. Thread-safe.
class RetryBudget {
 public:
  struct Options {
    double earned_by_a_call = 0.1;
    double most_saved = 10;  // also what there is at first
  };

  RetryBudget() : RetryBudget(Options{}) {}
  explicit RetryBudget(Options options) : options_(options), saved_(options.most_saved) {}

  void called();
  bool take();  // whether there is one

 private:
  const Options options_;
  std::mutex mutex_;
  double saved_;
};

// The time before attempt n (1: the first retry): anything up to first · 2^(n-1), at most `longest`; "full
// jitter" (Brooker, "Exponential Backoff and Jitter", 2015).
std::chrono::nanoseconds backoff(int attempt, std::chrono::nanoseconds first,
                                 std::chrono::nanoseconds longest, base::Random& random);

}  // namespace memory_api::resilience
