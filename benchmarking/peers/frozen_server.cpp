// A server whose truth can be computed: it answers every request a fixed time after it came, and freezes as a
// whole once. One thread on epoll; a frozen server neither accepts nor reads nor writes. At SIGTERM it prints
// when it froze and thawed, in seconds after the first request came: "froze FROM TO".
//   clang++-19 -std=c++23 -O2 frozen_server.cpp -o frozen_server && ./frozen_server 0.020 2.0 0.5
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string_view>
#include <thread>

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "listen_anywhere.h"

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::string_view response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

volatile std::sig_atomic_t ended = 0;

struct Waiting {
  Clock::time_point due;
  int fd;
};

class Server {
 public:
  Server(int listener, Seconds service, Seconds freeze_at, Seconds freeze_for)
      : listener_(listener), service_(service), freeze_at_(freeze_at), freeze_for_(freeze_for) {
    watch(epoll_, listener);
  }

  void run() {
    epoll_event events[256];
    while (ended == 0) {
      const timespec limit = until_next();
      const int ready = ::epoll_pwait2(epoll_, events, 256, &limit, nullptr);
      freeze();
      for (int i = 0; i < ready; ++i)
        events[i].data.fd == listener_ ? accept_all(epoll_, listener_) : take(events[i].data.fd);
      answer();
    }
    std::printf("froze %.6f %.6f\n", froze_, thawed_);
  }

 private:
  timespec until_next() const {
    Seconds rest(0.05);
    if (!waiting_.empty()) rest = std::min<Seconds>(rest, waiting_.front().due - Clock::now());
    if (begun_ && froze_ < 0) rest = std::min<Seconds>(rest, first_ + freeze_at_ - Clock::now());
    const auto nanoseconds = static_cast<long>(std::max(rest.count(), 0.0) * 1e9);
    return {.tv_sec = 0, .tv_nsec = nanoseconds};
  }

  void freeze() {
    if (!begun_ || froze_ >= 0 || Clock::now() < first_ + freeze_at_) return;
    froze_ = Seconds(Clock::now() - first_).count();
    std::this_thread::sleep_for(freeze_for_);
    thawed_ = Seconds(Clock::now() - first_).count();
  }

  void take(int fd) {
    char buffer[4096];
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) {
      ::close(fd);
      return;
    }
    const auto now = Clock::now();
    if (!begun_) first_ = now;
    begun_ = true;
    waiting_.push_back({std::chrono::time_point_cast<Clock::duration>(now + service_), fd});
  }

  void answer() {
    for (const auto now = Clock::now(); !waiting_.empty() && waiting_.front().due <= now;
         waiting_.pop_front())
      ::send(waiting_.front().fd, response.data(), response.size(), MSG_NOSIGNAL);
  }

  int epoll_ = ::epoll_create1(0);
  int listener_;
  Seconds service_, freeze_at_, freeze_for_;
  std::deque<Waiting> waiting_;  // by due time: the service time is the same for all
  bool begun_ = false;
  Clock::time_point first_;
  double froze_ = -1, thawed_ = -1;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4)
    return std::fprintf(stderr, "usage: frozen_server SERVICE_SECONDS FREEZE_AT FREEZE_FOR\n"), 2;
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  std::signal(SIGTERM, [](int) { ended = 1; });
  int port = 0;
  const int listener = listen_anywhere(port);
  if (listener < 0) return 1;
  std::printf("listening on http://127.0.0.1:%d\n", port);
  std::fflush(stdout);
  Server(listener, Seconds(std::atof(argv[1])), Seconds(std::atof(argv[2])), Seconds(std::atof(argv[3])))
      .run();
}
