#include "tests/integration/load/leaky_server.h"

#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace plimsoll::traffic {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t page = 4096;

int listen_on_loopback(int& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || ::bind(fd, generic, size) != 0 || ::listen(fd, 64) != 0 ||
      ::getsockname(fd, generic, &size) != 0)
    throw std::runtime_error("cannot listen on 127.0.0.1");
  port = ntohs(address.sin_port);
  return fd;
}

// Touches pages of one large reservation: what is resident is what was asked for, no allocator in between.
class Memory {
 public:
  explicit Memory(const LeakyOptions& options) : options_(options), began_(Clock::now()) {
    void* reserved = ::mmap(nullptr, reserved_bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    base_ = reserved == MAP_FAILED ? nullptr : static_cast<char*>(reserved);
    if (base_ != nullptr) ::madvise(base_, reserved_bytes, MADV_NOHUGEPAGE);
  }

  void work() {
    if (base_ == nullptr) return;
    const double now = std::chrono::duration<double>(Clock::now() - began_).count();
    touch(leaked_, static_cast<std::size_t>(options_.leak_bytes_per_second * now));
    if (options_.saw_bytes == 0) return;
    const double phase = now / 2 - static_cast<double>(static_cast<long>(now / 2));
    const auto wanted = saw_base + static_cast<std::size_t>(phase * static_cast<double>(options_.saw_bytes));
    if (wanted < garbage_) {
      ::madvise(base_ + saw_base, options_.saw_bytes + page, MADV_DONTNEED);
      garbage_ = saw_base;
    }
    touch(garbage_, wanted);
  }

 private:
  static constexpr std::size_t reserved_bytes = 4ull << 30;
  static constexpr std::size_t saw_base = 3ull << 30;

  void touch(std::size_t& from, std::size_t to) {
    for (; from < to && from + page < reserved_bytes; from += page) base_[from] = 1;
  }

  LeakyOptions options_;
  Clock::time_point began_;
  char* base_ = nullptr;
  std::size_t leaked_ = 0;
  std::size_t garbage_ = saw_base;
};

// One answer for each read: a load generator without pipelining sends a request at once.
void answer(std::vector<pollfd>& sockets, std::size_t at) {
  constexpr std::string_view response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  char buffer[8192];
  const ssize_t n = ::recv(sockets[at].fd, buffer, sizeof buffer, 0);
  if (n > 0 && ::send(sockets[at].fd, response.data(), response.size(), MSG_NOSIGNAL) > 0) return;
  ::close(sockets[at].fd);
  sockets[at].fd = -1;
}

[[noreturn]] void serve(int listener, const LeakyOptions& options) {
  Memory memory(options);
  std::vector<pollfd> sockets = {{listener, POLLIN, 0}};
  while (true) {
    memory.work();
    ::poll(sockets.data(), sockets.size(), 50);
    for (std::size_t at = sockets.size(); at-- > 1;) {
      if (sockets[at].revents != 0) answer(sockets, at);
      if (sockets[at].fd < 0) sockets.erase(sockets.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (sockets[0].revents == 0) continue;
    if (const int fd = ::accept(listener, nullptr, nullptr); fd >= 0) sockets.push_back({fd, POLLIN, 0});
  }
}

}  // namespace

LeakyServer::LeakyServer(const LeakyOptions& options) {
  const int listener = listen_on_loopback(port_);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve(listener, options);
  }
  ::close(listener);
}

LeakyServer::~LeakyServer() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string LeakyServer::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/";
}

}  // namespace plimsoll::traffic
