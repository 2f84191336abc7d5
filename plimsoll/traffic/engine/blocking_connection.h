// One keep-alive connection to one server, used by one thread that waits for each answer: for calls beside
// the load, over http and https.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "net/url.h"
#include "plimsoll/traffic/engine/connection.h"
#include "plimsoll/traffic/request/response_capture.h"
#include "plimsoll/traffic/tls.h"

namespace plimsoll::traffic {

// Not thread-safe.
class BlockingConnection {
 public:
  // Looks the host up, connects to nobody yet. Errors as of resolve() and TlsClient::create().
  static base::Result<std::unique_ptr<BlockingConnection>> create(const net::Url& origin,
                                                                  const TlsOptions& tls);

  // Sends a whole request and waits for the whole response, whatever its status; it stays valid until the
  // next call. Connects where there is no connection. timeout where `timeout` passed, unavailable where there
  // was no connection or it broke: nothing is sent twice.
  base::Result<const ResponseCapture*> send(std::string_view request, bool is_head,
                                            base::Nanoseconds timeout);

 private:
  BlockingConnection(const Endpoint& endpoint, std::unique_ptr<TlsClient> tls, Poller poller)
      : endpoint_(endpoint), tls_(std::move(tls)), poller_(std::move(poller)) {}

  base::Status connect();
  Connection::Event wait(Connection::Event event);
  std::unexpected<base::Error> no_answer();

  Endpoint endpoint_;
  std::unique_ptr<TlsClient> tls_;
  Poller poller_;
  ResponseCapture capture_;
  Connection connection_;
  Connection::Traffic traffic_;
  base::Nanoseconds deadline_{};
  std::array<char, 16 << 10> buffer_{};
};

}  // namespace plimsoll::traffic
