// A small blocking HTTP/1.1 client for the program's own calls: readiness polls, the evaluation's requests,
// an LLM. Not a load engine. Plain http only; redirects are not followed, proxies and environment variables
// not consulted.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/headers.h"
#include "net/url.h"

namespace net {

struct ClientOptions {
  std::chrono::nanoseconds timeout =
      std::chrono::seconds(30);  // of a whole call: look-up, connect, send, read
  std::size_t max_header_bytes = 64u << 10;
  std::size_t max_body_bytes = 64u << 20;
  Headers headers = {};  // sent with every request
};

struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";  // path and query, already percent-encoded
  Headers headers = {};
  std::string body = {};
  std::optional<std::chrono::nanoseconds> timeout = {};  // in place of the options'
};

struct ClientResponse {
  int status = 0;
  std::string reason;
  Headers headers;
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
};

// Keeps one connection to one origin open between calls. Not thread-safe: one per thread; movable.
class HttpClient {
 public:
  // The origin's path and query are not used. A scheme other than http makes every call fail as unsupported.
  explicit HttpClient(Url origin, ClientOptions options = {});
  HttpClient(HttpClient&& other) noexcept;
  HttpClient& operator=(HttpClient&& other) noexcept;
  ~HttpClient();

  // Any status is a value. Errors: unavailable (no such host, refused, reset, closed before the answer),
  // timeout, corrupt (not HTTP, a body cut short), too_large (a limit passed), invalid_argument (a header or
  // target that would break the request). Host, Content-Length and Connection are set here. A call whose kept
  // connection turns out to have been closed by the server is sent once more on a fresh one if its method is
  // idempotent (RFC 9112, 9.3.1).
  base::Result<ClientResponse> send(const ClientRequest& request);

  base::Result<ClientResponse> get(std::string_view target);
  base::Result<ClientResponse> post(std::string_view target, std::string body,
                                    std::string_view content_type = "application/json");

  void close();

 private:
  class Connection;
  Url origin_;
  ClientOptions options_;
  std::unique_ptr<Connection> connection_;
};

// One call on a connection of its own: `request.target` is replaced by the URL's.
base::Result<ClientResponse> fetch(const Url& url, ClientRequest request = {},
                                   const ClientOptions& options = {});

}  // namespace net
