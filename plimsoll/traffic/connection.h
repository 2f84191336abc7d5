// One keep-alive connection that carries one request at a time over a non-blocking socket.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include "base/clock.h"
#include "base/file.h"
#include "plimsoll/traffic/engine.h"
#include "plimsoll/traffic/poller.h"
#include "plimsoll/traffic/response_parser.h"

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

  // Starts to connect: nothing, connected at once, or failed (failure(), error_number()). `key` is for the
  // poller.
  Event open(const Endpoint& endpoint, Poller& poller, std::uint64_t key);
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
  Event write_rest(Poller& poller, Traffic& traffic);
  Event read(std::span<char> buffer, Traffic& traffic);
  Event take(std::string_view bytes);
  Event fail(ErrorKind kind, int error_number = 0);
  Event end_of_input();

  base::FileDescriptor socket_;
  State state_ = State::closed;
  std::uint64_t key_ = 0;
  ResponseParser parser_;
  std::string unsent_;
  std::size_t unsent_from_ = 0;
  ErrorKind failure_ = ErrorKind::connect;
  int error_number_ = 0;
};

}  // namespace plimsoll::traffic
