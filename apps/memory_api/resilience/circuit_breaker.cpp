#include "apps/memory_api/resilience/circuit_breaker.h"

namespace memory_api::resilience {

CircuitBreaker::CircuitBreaker(Options options, const base::Clock& clock, std::uint64_t seed)
    : options_(options), clock_(clock), random_(seed) {}

bool CircuitBreaker::allows() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::closed) return true;
  if (clock_.steady() < next_trial_) return false;
  state_ = State::half_open;
  next_trial_ = clock_.steady() + options_.open_time;
  return true;
}

void CircuitBreaker::succeeded() {
  const std::lock_guard lock(mutex_);
  state_ = State::closed;
  failures_ = 0;
}

// A call that began before it opened and fails later says nothing new.
void CircuitBreaker::failed() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::open) return;
  if (state_ == State::half_open || ++failures_ >= options_.failures) open();
}

CircuitBreaker::State CircuitBreaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void CircuitBreaker::open() {
  constexpr double least = 0.8;
  constexpr double spread = 0.4;
  const std::chrono::duration<double> time = options_.open_time * (least + spread * random_.uniform());
  state_ = State::open;
  failures_ = 0;
  next_trial_ = clock_.steady() + std::chrono::duration_cast<std::chrono::nanoseconds>(time);
}

}  // namespace memory_api::resilience
