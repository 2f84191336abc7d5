#include "plimsoll/traffic/engine/blocking_connection.h"

#include <cstring>

#include "plimsoll/traffic/engine/resolve.h"

namespace plimsoll::traffic {

base::Result<std::unique_ptr<BlockingConnection>> BlockingConnection::create(const net::Url& origin,
                                                                             const TlsOptions& tls_options) {
  BASE_ASSIGN(const Endpoint endpoint, resolve(origin));
  std::unique_ptr<TlsClient> tls;
  if (origin.scheme == "https") {
    BASE_ASSIGN(tls, TlsClient::create(tls_options, origin.host));
  }
  BASE_ASSIGN(Poller poller, Poller::create(std::chrono::steady_clock::now()));
  return std::unique_ptr<BlockingConnection>(
      new BlockingConnection(endpoint, std::move(tls), std::move(poller)));
}

base::Result<const ResponseCapture*> BlockingConnection::send(std::string_view request, bool is_head,
                                                              base::Nanoseconds timeout) {
  deadline_ = poller_.now() + timeout;
  if (connection_.state() == Connection::State::closed) BASE_TRY(connect());
  const Connection::Event event = wait(connection_.send(request, is_head, poller_, traffic_, &capture_));
  if (event != Connection::Event::response) return no_answer();
  return &capture_;
}

base::Status BlockingConnection::connect() {
  const Connection::Event event = wait(connection_.open(endpoint_, poller_, 0, tls_.get()));
  if (event != Connection::Event::connected) return no_answer();
  return {};
}

// Until the connection has something to say; `nothing` where time is up.
Connection::Event BlockingConnection::wait(Connection::Event event) {
  while (event == Connection::Event::nothing && poller_.now() < deadline_) {
    for (const epoll_event& ready : poller_.wait(deadline_)) {
      if (event == Connection::Event::nothing)
        event = connection_.handle(ready.events, buffer_, poller_, traffic_);
    }
  }
  return event;
}

std::unexpected<base::Error> BlockingConnection::no_answer() {
  const bool late = poller_.now() >= deadline_;
  const int number = connection_.error_number();
  connection_.close();
  if (late) return base::fail(base::ErrorCode::timeout, "no answer in time");
  if (const std::string problem = connection_.tls_problem(); !problem.empty())
    return base::fail(base::ErrorCode::unavailable, problem);
  return base::fail(base::ErrorCode::unavailable,
                    number == 0 ? "the answer is broken off or no HTTP" : std::strerror(number));
}

}  // namespace plimsoll::traffic
