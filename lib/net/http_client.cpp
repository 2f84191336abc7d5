#include "net/http_client.h"

#include <algorithm>
#include <array>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

namespace net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using base::ErrorCode;
using base::Result;
using base::Status;
using boost::system::error_code;
using Deadline = std::chrono::steady_clock::time_point;
using ResponseParser = http::response_parser<http::string_body>;

bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_idempotent(std::string_view method) {
  constexpr std::string_view methods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  return std::find(std::begin(methods), std::end(methods), method) != std::end(methods);
}

Status check_request(const ClientRequest& request, const Headers& common) {
  if (!is_header_name(request.method)) {
    return base::fail(ErrorCode::invalid_argument, fmt::format("\"{}\" is no HTTP method", request.method));
  }
  if (!request.target.starts_with('/') || !is_visible_ascii(request.target)) {
    return base::fail(ErrorCode::invalid_argument,
                      "a request target starts with \"/\" and is percent-encoded");
  }
  for (const Headers* headers : {&common, &request.headers}) {
    for (const Header& header : *headers) {
      if (is_header_name(header.name) && is_header_value(header.value)) continue;
      return base::fail(ErrorCode::invalid_argument,
                        fmt::format("the header \"{}\" has a name or value that HTTP forbids", header.name));
    }
  }
  return {};
}

std::string request_head(const Url& origin, const ClientRequest& request, const Headers& common) {
  std::string head =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target, origin.authority());
  for (const Header& header : common) {
    if (!find_header(request.headers, header.name)) head += header.name + ": " + header.value + "\r\n";
  }
  for (const Header& header : request.headers) {
    const bool ours = equal_ignoring_case(header.name, "host") ||
                      equal_ignoring_case(header.name, "content-length") ||
                      equal_ignoring_case(header.name, "connection");
    if (!ours) head += header.name + ": " + header.value + "\r\n";
  }
  const bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT";
  if (has_body) head += fmt::format("Content-Length: {}\r\n", request.body.size());
  return head + "\r\n";
}

ErrorCode code_of(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::body_limit ||
      error == http::error::buffer_overflow) {
    return ErrorCode::too_large;
  }
  if (error == http::error::end_of_stream) return ErrorCode::unavailable;
  return error.category() == make_error_code(http::error::bad_line_ending).category()
             ? ErrorCode::corrupt
             : ErrorCode::unavailable;
}

}  // namespace

class HttpClient::Connection {
 public:
  Connection() : socket_(io_), resolver_(io_) {}

  Status connect(const Url& origin, Deadline deadline) {
    tcp::resolver::results_type endpoints;
    error_code error;
    resolver_.async_resolve(origin.host, std::to_string(origin.port), [&](error_code e, auto found) {
      error = e;
      endpoints = found;
    });
    BASE_TRY(run(deadline, "looking up the host"));
    if (error) return base::fail(ErrorCode::unavailable, fmt::format("no such host: {}", origin.host));
    asio::async_connect(socket_, endpoints, [&](error_code e, const tcp::endpoint&) { error = e; });
    BASE_TRY(run(deadline, "connecting"));
    if (error) {
      return base::fail(ErrorCode::unavailable,
                        fmt::format("cannot connect to {}: {}", origin.authority(), error.message()),
                        "is the service running, and is the port right?");
    }
    socket_.set_option(tcp::no_delay(true), error);
    return {};
  }

  // False where the server has closed the kept connection, or sent what nobody asked for.
  bool is_alive() {
    char byte = 0;
    return buffer_.size() == 0 && ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  Result<ClientResponse> exchange(const std::string& head, const ClientRequest& request,
                                  const ClientOptions& options, Deadline deadline) {
    answer_began_ = false;
    // A write error is not the last word: a server may refuse a large body, answer and close while it is
    // being sent.
    error_code write_error;
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head), asio::buffer(request.body)};
    asio::async_write(socket_, parts, [&](error_code e, std::size_t) { write_error = e; });
    BASE_TRY(run(deadline, "sending the request"));
    while (true) {
      ResponseParser parser;
      parser.header_limit(static_cast<std::uint32_t>(options.max_header_bytes));
      parser.body_limit(options.max_body_bytes);
      parser.skip(request.method == "HEAD");
      BASE_TRY(read(parser, deadline));
      const auto& message = parser.get();
      const bool interim = message.result_int() < 200 && message.result_int() != 101;
      if (interim) continue;
      keep_alive_ = message.keep_alive() && !write_error && !parser.need_eof();
      return to_response(parser.release());
    }
  }

  bool keep_alive() const { return keep_alive_; }
  bool answer_began() const { return answer_began_; }

 private:
  // Runs what was started to its end; past the deadline everything is cancelled and the socket closed.
  Status run(Deadline deadline, std::string_view doing) {
    io_.restart();
    io_.run_until(deadline);
    if (io_.stopped()) return {};
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
    io_.run();
    return base::fail(ErrorCode::timeout, fmt::format("the time was up while {}", doing));
  }

  Status read(ResponseParser& parser, Deadline deadline) {
    error_code error;
    http::async_read(socket_, buffer_, parser, [&](error_code e, std::size_t) { error = e; });
    const Status ran = run(deadline, "waiting for the answer");
    answer_began_ = answer_began_ || parser.got_some() || buffer_.size() > 0;
    BASE_TRY(ran);
    if (error == http::error::end_of_stream) {
      return base::fail(ErrorCode::unavailable, "the server closed the connection before it answered");
    }
    if (error)
      return base::fail(code_of(error), fmt::format("the answer cannot be read: {}", error.message()));
    return {};
  }

  static ClientResponse to_response(http::response<http::string_body> message) {
    ClientResponse response;
    response.status = static_cast<int>(message.result_int());
    response.reason = std::string(message.reason());
    for (const auto& field : message) {
      response.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    }
    response.body = std::move(message.body());
    return response;
  }

  asio::io_context io_{1};
  tcp::socket socket_;
  tcp::resolver resolver_;
  boost::beast::flat_buffer buffer_;
  bool keep_alive_ = false;
  bool answer_began_ = false;
};

HttpClient::HttpClient(Url origin, ClientOptions options)
    : origin_(std::move(origin)), options_(std::move(options)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<ClientResponse> HttpClient::send(const ClientRequest& request) {
  if (origin_.scheme != "http") {
    return base::fail(ErrorCode::unsupported,
                      fmt::format("{}:// is not supported by this client", origin_.scheme),
                      "use http://, behind a local proxy if need be");
  }
  BASE_TRY(check_request(request, options_.headers));
  const auto deadline = std::chrono::steady_clock::now() + request.timeout.value_or(options_.timeout);
  const std::string head = request_head(origin_, request, options_.headers);
  if (connection_ && !connection_->is_alive()) connection_.reset();
  while (true) {
    const bool reused = connection_ != nullptr;
    if (!reused) {
      connection_ = std::make_unique<Connection>();
      if (Status connected = connection_->connect(origin_, deadline); !connected) {
        connection_.reset();
        return std::unexpected(std::move(connected).error());
      }
    }
    Result<ClientResponse> response = connection_->exchange(head, request, options_, deadline);
    const bool went_stale = !response && reused && response.error().code == ErrorCode::unavailable &&
                            !connection_->answer_began();
    if (!response || !connection_->keep_alive()) connection_.reset();
    if (!went_stale || !is_idempotent(request.method)) return response;
  }
}

Result<ClientResponse> HttpClient::get(std::string_view target) {
  return send({.method = "GET", .target = std::string(target)});
}

Result<ClientResponse> HttpClient::post(std::string_view target, std::string body,
                                        std::string_view content_type) {
  return send({.method = "POST",
               .target = std::string(target),
               .headers = {{"Content-Type", std::string(content_type)}},
               .body = std::move(body)});
}

void HttpClient::close() {
  connection_.reset();
}

Result<ClientResponse> fetch(const Url& url, ClientRequest request, const ClientOptions& options) {
  request.target = url.target();
  return HttpClient(url, options).send(request);
}

}  // namespace net
