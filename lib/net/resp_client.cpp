#include "net/resp_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/text.h"

namespace net {
namespace {

using base::ErrorCode;
using base::Result;
using base::Status;
using Time = std::chrono::steady_clock::time_point;

constexpr std::size_t longest_line = 64u << 10;

class Reader {
 public:
  Reader(std::string_view bytes, const RespLimits& limits) : rest_(bytes), limits_(limits) {}

  // Nothing where more bytes are needed.
  Result<std::optional<RespValue>> value(int depth) {
    if (depth > limits_.depth) return base::fail(ErrorCode::too_large, "RESP: nested too deep");
    BASE_ASSIGN(const auto line, next_line());
    if (!line) return std::nullopt;
    if (line->empty()) return garbage();
    const std::string_view after = line->substr(1);
    switch (line->front()) {
      case '+':
        return RespValue{.kind = RespValue::Kind::text, .text = std::string(after)};
      case '-':
        return RespValue{.kind = RespValue::Kind::error, .text = std::string(after)};
      case ':':
        return integer(after);
      case '$':
        return bulk(after);
      case '*':
        return list(after, depth);
      default:
        return garbage();
    }
  }

  std::string_view rest() const { return rest_; }

 private:
  static std::unexpected<base::Error> garbage() {
    return base::fail(ErrorCode::corrupt, "RESP: what came is no answer");
  }

  Result<std::optional<std::string_view>> next_line() {
    const auto end = rest_.find("\r\n");
    if (std::min(end, rest_.size()) > longest_line) return garbage();
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return line;
  }

  static Result<std::optional<RespValue>> integer(std::string_view text) {
    const auto number = base::parse_integer(text);
    if (!number) return garbage();
    return RespValue{.kind = RespValue::Kind::integer, .integer = *number};
  }

  Result<std::optional<RespValue>> bulk(std::string_view text) {
    const auto size = base::parse_integer(text);
    if (!size || *size < -1) return garbage();
    if (*size == -1) return RespValue{};
    const auto length = static_cast<std::size_t>(*size);
    if (length > limits_.bytes) return base::fail(ErrorCode::too_large, "RESP: a text is too long");
    if (rest_.size() < length + 2) return std::nullopt;
    if (rest_.substr(length, 2) != "\r\n") return garbage();
    RespValue value{.kind = RespValue::Kind::text, .text = std::string(rest_.substr(0, length))};
    rest_.remove_prefix(length + 2);
    return value;
  }

  Result<std::optional<RespValue>> list(std::string_view text, int depth) {
    const auto size = base::parse_integer(text);
    if (!size || *size < -1) return garbage();
    if (*size == -1) return RespValue{};
    if (static_cast<std::size_t>(*size) > limits_.items) {
      return base::fail(ErrorCode::too_large, "RESP: a list is too long");
    }
    RespValue value{.kind = RespValue::Kind::list};
    for (std::int64_t i = 0; i < *size; ++i) {
      BASE_ASSIGN(auto item, this->value(depth + 1));
      if (!item) return std::nullopt;
      value.items.push_back(*std::move(item));
    }
    return value;
  }

  std::string_view rest_;
  const RespLimits& limits_;
};

Status wait_for(int socket, short events, Time deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{socket, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return {};
    if (ready == 0) return base::fail(ErrorCode::timeout, "no answer in time");
    if (errno != EINTR) return std::unexpected(base::from_errno("poll", errno));
  }
}

Status send_all(int socket, std::string_view bytes, Time deadline) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      BASE_TRY(wait_for(socket, POLLOUT, deadline));
    } else if (errno != EINTR) {
      return base::fail(ErrorCode::unavailable, "the connection was lost");
    }
  }
  return {};
}

Result<base::FileDescriptor> connect_to(const addrinfo& address, Time deadline) {
  base::FileDescriptor socket(
      ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
  if (!socket.valid()) return std::unexpected(base::from_errno("socket", errno));
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) return base::fail(ErrorCode::unavailable, "the connection was refused");
  BASE_TRY(wait_for(socket.get(), POLLOUT, deadline));
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0) return socket;
  return base::fail(ErrorCode::unavailable, "the connection was refused");
}

}  // namespace

Result<std::optional<RespValue>> read_resp(std::string_view& bytes, const RespLimits& limits) {
  Reader reader(bytes, limits);
  BASE_ASSIGN(auto value, reader.value(1));
  if (value) bytes = reader.rest();
  return value;
}

std::string write_resp(std::span<const std::string_view> words) {
  std::string text = fmt::format("*{}\r\n", words.size());
  for (const std::string_view word : words) {
    text += fmt::format("${}\r\n", word.size());
    text.append(word).append("\r\n");
  }
  return text;
}

Result<RespClient> RespClient::connect(const std::string& host, int port, std::chrono::nanoseconds timeout) {
  const Time deadline = std::chrono::steady_clock::now() + timeout;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0 || found == nullptr) {
    return base::fail(ErrorCode::unavailable, fmt::format("{}: no such host", host));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
  base::Error error;
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    auto socket = connect_to(*address, deadline);
    if (socket) return RespClient(*std::move(socket));
    error = base::with_context(socket.error(), fmt::format("{}:{}", host, port));
  }
  return std::unexpected(std::move(error));
}

Result<RespValue> RespClient::call(std::span<const std::string_view> words,
                                   std::chrono::nanoseconds timeout) {
  const Time deadline = std::chrono::steady_clock::now() + timeout;
  BASE_TRY(send_all(socket_.get(), write_resp(words), deadline));
  std::array<char, 4096> buffer{};
  while (true) {
    std::string_view bytes = received_;
    BASE_ASSIGN(auto value, read_resp(bytes));
    if (value) {
      received_.erase(0, received_.size() - bytes.size());
      return *std::move(value);
    }
    BASE_TRY(wait_for(socket_.get(), POLLIN, deadline));
    const auto read = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (read == 0) return base::fail(ErrorCode::unavailable, "the connection was closed");
    if (read > 0) received_.append(buffer.data(), static_cast<std::size_t>(read));
    if (read < 0 && errno != EAGAIN && errno != EINTR) {
      return base::fail(ErrorCode::unavailable, "the connection was lost");
    }
  }
}

}  // namespace net
