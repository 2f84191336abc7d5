// An HTTP/1.1 server for loopback and private networks (RFC 9110, RFC 9112), strict about what it accepts.
//
// A few io threads carry all connections; a handler runs on one of them and must not block for long: it hands
// its Responder to whoever knows the answer. Kept connections, pipelining (answered in order, one request of
// a connection at a time), HEAD, Expect: 100-continue, chunked request bodies. No TLS, no HTTP/2, no
// compression.
//
// Refused with 400 and a closed connection: no Host or two, Content-Length together with Transfer-Encoding or
// given twice, a coding other than chunked, folded header lines, blanks before a colon, control characters,
// lone CR or LF, broken percent-encoding in the target. Also 413 (body), 417 (expectation), 431 (headers),
// 503 (connections), 505. A refused client gets its answer even while it is still sending.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "net/headers.h"
#include "net/url.h"

namespace net {

struct Request {
  std::string method;
  std::string target;    // as sent
  RequestTarget parsed;  // path, decoded segments, decoded query
  Headers headers;
  std::string body;
  std::string remote;  // "127.0.0.1:40312"
};

// Content-Length, Date and Connection are set by the server. To a HEAD request the body is counted and not
// sent; to 204 and 304 there is none.
struct Response {
  int status = 200;
  Headers headers = {};
  std::string body = {};
};

// "Not Found" for 404; "Unknown" for what RFC 9110 does not name.
std::string_view reason_phrase(int status);

// The one answer to a request, from any thread, now or later, also after the client or the server has gone.
// The first call counts. When the last copy goes without a call, the client gets a 500. Thread-safe.
class Responder {
 public:
  class Exchange;
  explicit Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  void operator()(Response response) const;

 private:
  std::shared_ptr<Exchange> exchange_;
};

// An exception that leaves a handler becomes a 500.
using Handler = std::function<void(Request request, Responder respond)>;

// Makes the body of an answer that the server gives by itself (a request too broken for the handler).
using RefusalFormatter = std::function<Response(int status, const std::string& detail)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  int port = 0;  // 0 picks a free one
  int threads = 1;
  std::size_t max_connections = 8192;  // one more is answered 503 and closed
  std::size_t max_header_bytes = 64u << 10;
  std::size_t max_body_bytes = 16u << 20;
  // Of all connections together, from reading to answering; one with more than 64 KiB that would pass it is
  // answered 503.
  std::size_t max_bodies_bytes = 32u << 20;
  std::chrono::nanoseconds read_timeout = std::chrono::seconds(30);   // first to last byte of a request
  std::chrono::nanoseconds write_timeout = std::chrono::seconds(30);  // of an answer
  std::chrono::nanoseconds idle_timeout = std::chrono::seconds(120);  // between requests
  RefusalFormatter format_refusal = {};                               // empty: plain text
};

// Counts since the start; all from any thread.
struct ServerStatistics {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_total = 0;
  std::uint64_t requests_total = 0;  // handed to the handler
  std::uint64_t refusals_total = 0;  // answered by the server itself
  std::uint64_t timeouts_total = 0;  // connections closed because a time was up
};

class HttpServer {
 public:
  // Listens and serves. invalid_argument for a bad address, conflict where the port is taken, permission, io.
  static base::Result<std::unique_ptr<HttpServer>> start(ServerOptions options, Handler handler);

  // As stop(0).
  ~HttpServer();

  int port() const;
  ServerStatistics statistics() const;

  // Accepts no more, closes idle connections, lets requests in progress be answered, but for at most `grace`;
  // then cuts them. Returns when the io threads have ended. Not from a handler.
  void stop(std::chrono::nanoseconds grace);

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace net
