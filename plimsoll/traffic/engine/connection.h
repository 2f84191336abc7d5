// One keep-alive connection that carries one request at a time over a non-blocking socket, plain or through
// TLS.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

#include "base/clock.h"
#include "base/file.h"
#include "plimsoll/traffic/engine/engine.h"
#include "plimsoll/traffic/engine/poller.h"
#include "plimsoll/traffic/engine/response_parser.h"
#include "plimsoll/traffic/tls.h"

namespace plimsoll::traffic {

// Where to connect.
struct Endpoint {
  sockaddr_storage address{};
  socklen_t length = 0;
};

// The request that a connection carries.
struct Exchange {
  std::uint32_t route = 0;
  bool counted = true;  // false during the warm-up
  base::Nanoseconds due{};
  std::optional<base::Nanoseconds> sent;
  // Within a response that came in pieces; one that came whole has none of them.
  std::optional<base::Nanoseconds> first_byte = {};
  std::optional<base::Nanoseconds> first_event = {};
  base::Nanoseconds last_event{};
};

// Not thread-safe. Its state is closed, connecting, idle or busy.
class Connection {
 public:
  enum class State { closed, connecting, idle, busy };
  // What reading, writing or connecting came to. `lost`: closed while it carried no request.
  enum class Event { nothing, connected, response, failed, lost };

  struct Traffic {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };

  // Starts to connect: nothing, connected at once, or failed (failure(), error_number(), tls_problem()).
  // `key` is for the poller. With `tls` it is connected when the handshake is done.
  Event open(const Endpoint& endpoint, Poller& poller, std::uint64_t key, TlsClient* tls = nullptr);
  void close();

  // On an idle connection: all of the request, or what the socket takes and the rest when it can. Where a
  // `capture` is given it is cleared, and holds the response when Event::response is reported (of a failed
  // one what came until then); it must live until this exchange has ended. Without one the response is not
  // copied.
  Event send(std::string_view request, bool head_request, Poller& poller, Traffic& traffic,
             ResponseCapture* capture = nullptr);

  // What the poller reported. Reads at most a few buffers at a time, so that one connection cannot starve the
  // others.
  Event handle(std::uint32_t events, std::span<char> buffer, Poller& poller, Traffic& traffic);

  State state() const { return state_; }
  int status() const { return parser_.status(); }
  bool reusable() const { return state_ == State::idle; }
  ErrorKind failure() const { return failure_; }
  int error_number() const { return error_number_; }
  std::string tls_problem() const { return tls_ ? tls_->problem() : std::string(); }  // of a failure by TLS

  // Between the events that the last handle() read, the first of a response counting from none. Empty unless
  // the response is a stream. The owner clears it.
  std::vector<EventGap>& event_gaps() { return event_gaps_; }
  std::uint64_t key() const { return key_; }

  // The owner's notes.
  bool bound = false;  // carries or waits to carry `exchange`
  Exchange exchange;
  Connection* earlier = nullptr;  // among the bound ones, by due time
  Connection* later = nullptr;
  std::uint32_t user = 0;  // of the closed model
  std::uint32_t index = 0;
  std::uint32_t generation = 0;

 private:
  Event finish_connect(Poller& poller);
  Event shake_hands(Poller& poller);
  Event write_rest(Poller& poller, Traffic& traffic);
  Event read(std::span<char> buffer, Poller& poller, Traffic& traffic);
  Event take(std::string_view bytes, Poller& poller);
  void note_piece(base::Nanoseconds now);
  Event fail(ErrorKind kind, int error_number = 0);
  Event fail_io(int error_number);
  Event end_of_input();
  ssize_t write_some(std::string_view bytes);
  ssize_t read_some(std::span<char> buffer);
  bool watch(Poller& poller, std::uint32_t events);

  base::FileDescriptor socket_;
  std::unique_ptr<TlsStream> tls_;  // nullptr: plain
  std::uint32_t watched_ = 0;       // events that the poller looks for
  State state_ = State::closed;
  std::uint64_t key_ = 0;
  ResponseParser parser_;
  std::string unsent_;
  std::size_t unsent_from_ = 0;
  std::uint64_t events_noted_ = 0;
  std::vector<EventGap> event_gaps_;
  ErrorKind failure_ = ErrorKind::connect;
  int error_number_ = 0;
};

}  // namespace plimsoll::traffic
