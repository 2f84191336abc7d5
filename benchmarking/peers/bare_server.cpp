// The cheapest HTTP server there is, so that a comparison of load generators measures generators: one thread
// on epoll, a fixed answer to whatever ends in an empty line, keep-alive. Prints "listening on
// http://127.0.0.1:PORT".
//   clang++-19 -std=c++23 -O2 bare_server.cpp -o bare_server && ./bare_server [BODY_BYTES]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listen_anywhere.h"

namespace {

void answer(int fd, const std::string& response) {
  char buffer[64 << 10];
  const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
  if (got <= 0) {
    ::close(fd);
    return;
  }
  if (std::string_view(buffer, static_cast<std::size_t>(got)).ends_with("\r\n\r\n")) {
    if (::send(fd, response.data(), response.size(), MSG_NOSIGNAL) < 0) ::close(fd);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string body(static_cast<std::size_t>(argc > 1 ? std::atoi(argv[1]) : 100), 'x');
  const std::string response =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n" + body;
  int port = 0;
  const int listener = listen_anywhere(port);
  if (listener < 0) return 1;
  std::printf("listening on http://127.0.0.1:%d\n", port);
  std::fflush(stdout);
  const int epoll = ::epoll_create1(0);
  watch(epoll, listener);
  epoll_event events[256];
  for (;;) {
    const int ready = ::epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < ready; ++i) {
      events[i].data.fd == listener ? accept_all(epoll, listener) : answer(events[i].data.fd, response);
    }
  }
}
