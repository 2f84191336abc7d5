// Time as a seam: steady time for durations, UTC for stamps.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace base {

using Nanoseconds = std::chrono::nanoseconds;
using UtcTime = std::chrono::sys_time<Nanoseconds>;

// Every clock is safe to read from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::steady_clock::time_point steady() const = 0;
  virtual UtcTime utc() const = 0;
};

// The machine's clocks; lives as long as the program.
const Clock& system_clock();

// A clock that moves only when told to, for tests and replay. Not thread-safe while it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UtcTime start) : utc_(start) {}
  std::chrono::steady_clock::time_point steady() const override { return steady_; }
  UtcTime utc() const override { return utc_; }
  void advance(Nanoseconds by) {
    steady_ += by;
    utc_ += by;
  }

 private:
  std::chrono::steady_clock::time_point steady_{};
  UtcTime utc_;
};

// Seconds since the Unix epoch and back; exact to about a microsecond today.
double to_unix_seconds(UtcTime time);
UtcTime from_unix_seconds(double seconds);

// RFC 3339 in UTC with the given number of fraction digits (0, 3, 6 or 9): "2026-11-23T14:52:35Z".
std::string to_rfc3339(UtcTime time, int fraction_digits = 0);

// Reads RFC 3339 (any offset, any fraction) or a bare date "2026-11-23"; invalid_argument otherwise.
Result<UtcTime> parse_rfc3339(std::string_view text);

}  // namespace base
