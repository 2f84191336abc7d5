// epoll, and the run's time: nanoseconds since its origin on the steady clock.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <sys/epoll.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"

namespace plimsoll::traffic {

// Not thread-safe; one per worker.
class Poller {
 public:
  static base::Result<Poller> create(std::chrono::steady_clock::time_point origin);

  // Interest in a descriptor; `key` comes back with its events. Level-triggered.
  bool add(int fd, std::uint32_t events, std::uint64_t key);
  bool change(int fd, std::uint32_t events, std::uint64_t key);

  // Waits for events until a moment of the run. A slice of what is ready at most: the rest comes at the next
  // call.
  std::span<const epoll_event> wait(base::Nanoseconds until);

  base::Nanoseconds now() const { return std::chrono::steady_clock::now() - origin_; }

  // The earliest moment at which what wait() returned last can have become ready. An event that came while we
  // waited became ready then; one that was there already came after the call before. While the worker never
  // comes to wait for seconds on end it is itself what is late, and the moment is when it last waited.
  base::Nanoseconds ready_since() const { return ready_since_; }

 private:
  Poller(std::chrono::steady_clock::time_point origin, base::FileDescriptor epoll)
      : origin_(origin), epoll_(std::move(epoll)) {}
  int wait_in_kernel(base::Nanoseconds timeout);

  std::chrono::steady_clock::time_point origin_;
  base::FileDescriptor epoll_;
  std::array<epoll_event, 128> events_{};
  bool coarse_ = false;  // the kernel lacks epoll_pwait2: whole milliseconds
  base::Nanoseconds returned_{};
  base::Nanoseconds last_idle_{};
  base::Nanoseconds ready_since_{};
};

}  // namespace plimsoll::traffic
