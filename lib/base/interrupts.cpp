#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>

#include <fcntl.h>
#include <unistd.h>

#include "base/process.h"

namespace base::interrupts {
namespace {

// All that the handler touches: lock-free atomics, and a pipe that is never closed.
std::atomic<int> first_signal = 0;
std::atomic<int> read_end = -1;
std::atomic<int> write_end = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void remember(int signal) {
  const int error_number = errno;
  int none = 0;
  if (first_signal.compare_exchange_strong(none, signal)) {
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(write_end.load(), &byte, 1);
  }
  errno = error_number;
}

void open_self_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return;  // raised() works without it
  read_end = ends[0];
  write_end = ends[1];
}

void install_once() {
  open_self_pipe();
  struct sigaction action{};
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigset_t both;
  sigemptyset(&both);
  for (int signal : {SIGINT, SIGTERM}) {
    ::sigaction(signal, &action, nullptr);
    sigaddset(&both, signal);
  }
  // A parent may have started us with them held back.
  ::pthread_sigmask(SIG_UNBLOCK, &both, nullptr);
}

}  // namespace

void install() {
  static std::once_flag once;
  std::call_once(once, install_once);
}

int raised() {
  return first_signal.load();
}

int descriptor() {
  return read_end.load();
}

}  // namespace base::interrupts
