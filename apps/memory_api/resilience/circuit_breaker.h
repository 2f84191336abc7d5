// Leaves a dependency alone that keeps failing (Nygard, "Release It!", 2007): after some failures in a row
// calls are refused at once for a while, then one is let through, and its outcome decides.
#pragma once

#include <chrono>
#include <mutex>

#include "base/clock.h"
#include "base/random.h"

namespace memory_api::resilience {

// Thread-safe.
class CircuitBreaker {
 public:
  enum class State { closed, open, half_open };

  struct Options {
    int failures = 3;  // in a row, until it opens; ≥ 1
    std::chrono::nanoseconds open_time =
        std::chrono::seconds(1);  // ± 20 %, so that processes do not march in step
  };

  CircuitBreaker(Options options, const base::Clock& clock, std::uint64_t seed = base::entropy_seed());

  // Whether a call may be made now; who is told so reports its outcome. Half open: one at a time, and another
  // one where an outcome was not reported within the open time.
  bool allows();
  void succeeded();
  void failed();

  State state() const;

 private:
  void open();

  const Options options_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  base::Random random_;
  State state_ = State::closed;
  int failures_ = 0;
  std::chrono::steady_clock::time_point next_trial_;
};

}  // namespace memory_api::resilience
