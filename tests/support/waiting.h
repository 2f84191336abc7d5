// Time in tests. A test waits for a condition, never for a time; only a scripted server may take its time.
#pragma once

#include <chrono>
#include <thread>

namespace testing_support {

// What a scripted server needs for its answer.
template <class Duration>
void take_time(Duration duration) {
  std::this_thread::sleep_for(duration);
}
template <class TimePoint>
void take_time_until(TimePoint time) {
  std::this_thread::sleep_until(time);
}

// Whether the condition came true within the limit.
template <class Condition>
bool eventually(Condition condition, std::chrono::nanoseconds limit = std::chrono::seconds(20)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace testing_support
