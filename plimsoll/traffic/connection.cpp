#include "plimsoll/traffic/connection.h"

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>

namespace plimsoll::traffic {
namespace {

constexpr int most_reads_at_once = 4;

bool would_block(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR;
}

}  // namespace

Connection::Event Connection::open(const Endpoint& endpoint, Poller& poller, std::uint64_t key) {
  key_ = key;
  failure_ = ErrorKind::connect;
  unsent_.clear();
  socket_.reset(
      ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!socket_.valid()) return fail(ErrorKind::connect, errno);
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  state_ = State::connecting;
  const auto* address = reinterpret_cast<const sockaddr*>(&endpoint.address);
  const bool connected = ::connect(socket_.get(), address, endpoint.length) == 0;
  if (!connected && errno != EINPROGRESS) return fail(ErrorKind::connect, errno);
  if (!poller.add(socket_.get(), connected ? EPOLLIN : EPOLLIN | EPOLLOUT, key))
    return fail(ErrorKind::connect, errno);
  if (!connected) return Event::nothing;
  state_ = State::idle;
  return Event::connected;
}

void Connection::close() {
  socket_.reset();  // leaves the poller by itself
  state_ = State::closed;
}

Connection::Event Connection::send(std::string_view request, bool head_request, Poller& poller,
                                   Traffic& traffic, ResponseCapture* capture) {
  state_ = State::busy;
  parser_.start(head_request, capture);
  const ssize_t sent = ::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL);
  if (sent < 0 && !would_block(errno)) return fail(ErrorKind::reset, errno);
  const auto taken = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
  traffic.sent += taken;
  if (taken == request.size()) [[likely]]
    return Event::nothing;
  unsent_.assign(request.substr(taken));
  unsent_from_ = 0;
  if (!poller.change(socket_.get(), EPOLLIN | EPOLLOUT, key_)) return fail(ErrorKind::reset, errno);
  return Event::nothing;
}

Connection::Event Connection::handle(std::uint32_t events, std::span<char> buffer, Poller& poller,
                                     Traffic& traffic) {
  if (state_ == State::connecting) return finish_connect(poller);
  if ((events & EPOLLOUT) != 0 && unsent_from_ < unsent_.size()) {
    if (const Event event = write_rest(poller, traffic); event != Event::nothing) return event;
  }
  return (events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0 ? read(buffer, traffic) : Event::nothing;
}

Connection::Event Connection::finish_connect(Poller& poller) {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  if (error != 0) return fail(ErrorKind::connect, error);
  if (!poller.change(socket_.get(), EPOLLIN, key_)) return fail(ErrorKind::connect, errno);
  state_ = State::idle;
  return Event::connected;
}

Connection::Event Connection::write_rest(Poller& poller, Traffic& traffic) {
  const std::string_view rest = std::string_view(unsent_).substr(unsent_from_);
  const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    if (would_block(errno)) return Event::nothing;
    // The server may have answered and closed without reading all: what it said counts.
    unsent_from_ = unsent_.size();
    return poller.change(socket_.get(), EPOLLIN, key_) ? Event::nothing : fail(ErrorKind::reset, errno);
  }
  traffic.sent += static_cast<std::uint64_t>(sent);
  unsent_from_ += static_cast<std::size_t>(sent);
  if (unsent_from_ < unsent_.size()) return Event::nothing;
  return poller.change(socket_.get(), EPOLLIN, key_) ? Event::nothing : fail(ErrorKind::reset, errno);
}

Connection::Event Connection::read(std::span<char> buffer, Traffic& traffic) {
  for (int round = 0; round < most_reads_at_once; ++round) {
    const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got == 0) return end_of_input();
    if (got < 0) return would_block(errno) ? Event::nothing : fail(ErrorKind::reset, errno);
    traffic.received += static_cast<std::uint64_t>(got);
    const Event event = take({buffer.data(), static_cast<std::size_t>(got)});
    if (event != Event::nothing || static_cast<std::size_t>(got) < buffer.size()) return event;
  }
  return Event::nothing;
}

Connection::Event Connection::take(std::string_view bytes) {
  if (state_ == State::idle) {  // nobody asked: whatever it is, the connection is out of step
    close();
    return Event::lost;
  }
  const ResponseParser::Fed fed = parser_.feed(bytes);
  if (fed.progress == ResponseParser::Progress::more) return Event::nothing;
  if (fed.progress == ResponseParser::Progress::failed) return fail(ErrorKind::protocol);
  // Surplus bytes or an answer before the request was sent whole: right, but nothing to build on.
  const bool in_step = fed.consumed == bytes.size() && unsent_from_ >= unsent_.size();
  if (parser_.keep_alive() && in_step) {
    state_ = State::idle;
  } else {
    close();
  }
  return Event::response;
}

Connection::Event Connection::end_of_input() {
  if (state_ == State::idle) {
    close();
    return Event::lost;
  }
  if (parser_.close() == ResponseParser::Progress::failed) return fail(ErrorKind::protocol);
  close();
  return Event::response;
}

Connection::Event Connection::fail(ErrorKind kind, int error_number) {
  const bool carried_nothing = state_ == State::idle;
  failure_ = kind;
  error_number_ = error_number;
  close();
  return carried_nothing ? Event::lost : Event::failed;
}

}  // namespace plimsoll::traffic
