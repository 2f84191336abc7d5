#include "plimsoll/traffic/engine/connection.h"

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

Connection::Event Connection::open(const Endpoint& endpoint, Poller& poller, std::uint64_t key,
                                   TlsClient* tls) {
  key_ = key;
  failure_ = ErrorKind::connect;
  unsent_.clear();
  unsent_from_ = 0;
  tls_.reset();
  socket_.reset(
      ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!socket_.valid()) return fail(ErrorKind::connect, errno);
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  state_ = State::connecting;
  const auto* address = reinterpret_cast<const sockaddr*>(&endpoint.address);
  const bool connected = ::connect(socket_.get(), address, endpoint.length) == 0;
  if (!connected && errno != EINPROGRESS) return fail(ErrorKind::connect, errno);
  watched_ = connected ? EPOLLIN : EPOLLIN | EPOLLOUT;
  if (!poller.add(socket_.get(), watched_, key)) return fail(ErrorKind::connect, errno);
  if (tls != nullptr) {
    tls_ = tls->open(socket_.get());
    return connected ? shake_hands(poller) : Event::nothing;
  }
  if (!connected) return Event::nothing;
  state_ = State::idle;
  return Event::connected;
}

void Connection::close() {
  if (tls_) tls_->end();
  socket_.reset();  // leaves the poller by itself
  state_ = State::closed;
}

Connection::Event Connection::send(std::string_view request, bool head_request, Poller& poller,
                                   Traffic& traffic, ResponseCapture* capture) {
  state_ = State::busy;
  parser_.start(head_request, capture);
  events_noted_ = 0;
  const ssize_t sent = write_some(request);
  if (sent < 0 && !would_block(errno)) return fail_io(errno);
  const auto taken = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
  traffic.sent += taken;
  if (taken == request.size()) [[likely]]
    return Event::nothing;
  unsent_.assign(request.substr(taken));
  unsent_from_ = 0;
  return watch(poller, EPOLLIN | EPOLLOUT) ? Event::nothing : fail(ErrorKind::reset, errno);
}

Connection::Event Connection::handle(std::uint32_t events, std::span<char> buffer, Poller& poller,
                                     Traffic& traffic) {
  if (state_ == State::connecting) return finish_connect(poller);
  if ((events & EPOLLOUT) != 0 && unsent_from_ < unsent_.size()) {
    if (const Event event = write_rest(poller, traffic); event != Event::nothing) return event;
  }
  return (events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0 ? read(buffer, poller, traffic)
                                                               : Event::nothing;
}

Connection::Event Connection::finish_connect(Poller& poller) {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  if (error != 0) return fail(ErrorKind::connect, error);
  if (tls_) return shake_hands(poller);
  if (!watch(poller, EPOLLIN)) return fail(ErrorKind::connect, errno);
  state_ = State::idle;
  return Event::connected;
}

Connection::Event Connection::shake_hands(Poller& poller) {
  const TlsStream::Handshake outcome = tls_->shake_hands();
  if (outcome == TlsStream::Handshake::failed) return fail(ErrorKind::tls);
  const bool wants_write = outcome == TlsStream::Handshake::wants_write;
  if (!watch(poller, wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN)) return fail(ErrorKind::connect, errno);
  if (outcome != TlsStream::Handshake::done) return Event::nothing;
  state_ = State::idle;
  return Event::connected;
}

Connection::Event Connection::write_rest(Poller& poller, Traffic& traffic) {
  const ssize_t sent = write_some(std::string_view(unsent_).substr(unsent_from_));
  if (sent < 0) {
    if (would_block(errno)) return Event::nothing;
    unsent_from_ = unsent_.size();  // the server may have answered and closed without reading all: what it
                                    // said counts
  } else {
    traffic.sent += static_cast<std::uint64_t>(sent);
    unsent_from_ += static_cast<std::size_t>(sent);
  }
  if (unsent_from_ < unsent_.size()) return Event::nothing;
  return watch(poller, EPOLLIN) ? Event::nothing : fail(ErrorKind::reset, errno);
}

// What TLS holds inside nobody would wake us for: that is read to its end.
Connection::Event Connection::read(std::span<char> buffer, Poller& poller, Traffic& traffic) {
  for (int round = 0; round < most_reads_at_once || (tls_ && tls_->holds_more()); ++round) {
    const ssize_t got = read_some(buffer);
    if (got == 0) return end_of_input();
    if (got < 0) return would_block(errno) ? Event::nothing : fail_io(errno);
    traffic.received += static_cast<std::uint64_t>(got);
    const Event event = take({buffer.data(), static_cast<std::size_t>(got)}, poller);
    if (event != Event::nothing) return event;
    if (static_cast<std::size_t>(got) < buffer.size() && !(tls_ && tls_->holds_more())) return event;
  }
  return Event::nothing;
}

Connection::Event Connection::take(std::string_view bytes, Poller& poller) {
  if (state_ == State::idle) {  // nobody asked: whatever it is, the connection is out of step
    close();
    return Event::lost;
  }
  const ResponseParser::Fed fed = parser_.feed(bytes);
  if (fed.progress == ResponseParser::Progress::failed) return fail(ErrorKind::protocol);
  const bool more = fed.progress == ResponseParser::Progress::more;
  if (more || exchange.first_byte || parser_.is_event_stream()) note_piece(poller.now());
  if (more) return Event::nothing;
  // Surplus bytes or an answer before the request was sent whole: right, but nothing to build on.
  const bool in_step = fed.consumed == bytes.size() && unsent_from_ >= unsent_.size();
  if (parser_.keep_alive() && in_step) {
    state_ = State::idle;
  } else {
    close();
  }
  return Event::response;
}

// Events that were read at once came at the same time, as far as we can tell.
void Connection::note_piece(base::Nanoseconds now) {
  if (!exchange.first_byte) exchange.first_byte = now;
  const std::uint64_t events = parser_.events() - events_noted_;
  if (events == 0) return;
  events_noted_ += events;
  const std::uint64_t at_once = events - 1;
  if (exchange.first_event) event_gaps_.push_back({now - exchange.last_event, 1});
  if (at_once > 0) event_gaps_.push_back({base::Nanoseconds{}, at_once});
  if (!exchange.first_event) exchange.first_event = now;
  exchange.last_event = now;
}

// A body that lasts until the connection ends has no other mark of being whole: over TLS the end must be
// said, a mere close may have cut it (RFC 9112, 9.8).
Connection::Event Connection::end_of_input() {
  if (state_ == State::idle) {
    close();
    return Event::lost;
  }
  if (tls_ && tls_->was_cut()) return fail(ErrorKind::protocol);
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

// TLS reports its own failures as EPROTO.
Connection::Event Connection::fail_io(int error_number) {
  return fail(tls_ && error_number == EPROTO ? ErrorKind::tls : ErrorKind::reset, error_number);
}

ssize_t Connection::write_some(std::string_view bytes) {
  if (tls_) return tls_->write(bytes);
  return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

ssize_t Connection::read_some(std::span<char> buffer) {
  if (tls_) return tls_->read(buffer);
  return ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
}

bool Connection::watch(Poller& poller, std::uint32_t events) {
  if (watched_ == events) return true;
  watched_ = events;
  return poller.change(socket_.get(), events, key_);
}

}  // namespace plimsoll::traffic
