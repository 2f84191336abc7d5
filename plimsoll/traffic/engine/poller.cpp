#include "plimsoll/traffic/engine/poller.h"

#include <algorithm>
#include <cerrno>

#include <sys/prctl.h>

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;

// A wait that took longer than this went to sleep.
constexpr base::Nanoseconds slept_after = 20us;
// Busy for longer than this without a pause: no burst any more, but too little CPU.
constexpr base::Nanoseconds overloaded_after = 3s;

}  // namespace

base::Result<Poller> Poller::create(std::chrono::steady_clock::time_point origin) {
  base::FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return std::unexpected(base::from_errno("epoll_create1", errno));
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // else the kernel wakes this thread up to 50 µs late on purpose
  return Poller(origin, std::move(epoll));
}

bool Poller::add(int fd, std::uint32_t events, std::uint64_t key) {
  epoll_event event{.events = events, .data = {.u64 = key}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Poller::change(int fd, std::uint32_t events, std::uint64_t key) {
  epoll_event event{.events = events, .data = {.u64 = key}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0;
}

std::span<const epoll_event> Poller::wait(base::Nanoseconds until) {
  const base::Nanoseconds entered = now();
  const int ready = wait_in_kernel(std::max(until - entered, base::Nanoseconds{}));
  const base::Nanoseconds before = std::exchange(returned_, now());
  if (returned_ - entered > slept_after) {
    last_idle_ = ready_since_ = returned_;
  } else {
    ready_since_ = returned_ - last_idle_ > overloaded_after ? last_idle_ : before;
  }
  return {events_.data(), static_cast<std::size_t>(std::max(ready, 0))};
}

int Poller::wait_in_kernel(base::Nanoseconds timeout) {
  const auto room = static_cast<int>(events_.size());
  if (!coarse_) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
    const timespec limit{.tv_sec = seconds.count(), .tv_nsec = (timeout - seconds).count()};
    const int ready = ::epoll_pwait2(epoll_.get(), events_.data(), room, &limit, nullptr);
    if (ready >= 0 || (errno != ENOSYS && errno != EPERM)) return ready;
    coarse_ = true;
  }
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(timeout).count();
  return ::epoll_wait(epoll_.get(), events_.data(), room,
                      static_cast<int>(std::min<long long>(milliseconds, 60'000)));
}

}  // namespace plimsoll::traffic
