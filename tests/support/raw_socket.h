// A plain loopback connection for tests that must send what no HTTP client would.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"

namespace testing_support {

class RawSocket {
 public:
  explicit RawSocket(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr generic{};
    static_assert(sizeof generic == sizeof address);
    __builtin_memcpy(&generic, &address, sizeof address);
    connected_ = ::connect(socket_.get(), &generic, sizeof generic) == 0;
  }

  bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void end_sending() { ::shutdown(socket_.get(), SHUT_WR); }

  // What arrives until the other side closes, or until nothing came for `patience`.
  std::string read_all(std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    std::string text;
    while (read_some(text, patience)) {
    }
    return text;
  }

  // What arrives until `text` holds `wanted`.
  std::string read_until(std::string_view wanted,
                         std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    std::string text;
    while (text.find(wanted) == std::string::npos && read_some(text, patience)) {
    }
    return text;
  }

  // True where the other side closed within the time.
  bool is_closed_within(std::chrono::milliseconds patience) {
    std::string ignored;
    while (read_some(ignored, patience)) {
    }
    return closed_;
  }

 private:
  bool read_some(std::string& text, std::chrono::milliseconds patience) {
    pollfd waiting{socket_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) return false;
    char buffer[65536];
    const ssize_t count = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    closed_ = count <= 0;
    if (!closed_) text.append(buffer, static_cast<std::size_t>(count));
    return !closed_;
  }

  base::FileDescriptor socket_;
  bool connected_ = false;
  bool closed_ = false;
};

inline int count_of(std::string_view text, std::string_view what) {
  int count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size()))
    ++count;
  return count;
}

}  // namespace testing_support
