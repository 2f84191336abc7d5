// One connection of the server, from its first byte to its last. Internal to lib/net; lives on its worker's
// thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/http_worker.h"
#include "net/request_head.h"

namespace net {

// Where an answer arrives and the connection waits for it; touched on the worker's thread alone.
struct AnswerSlot {
  std::optional<Response> response;
  bool abandoned = false;
  std::move_only_function<void()> waiter;

  void set(std::optional<Response> answer);
};

// What the Responders of one request share. When the last is gone unanswered, the client gets a 500.
class Responder::Exchange {
 public:
  Exchange(std::weak_ptr<HttpWorker> worker, std::shared_ptr<AnswerSlot> slot)
      : worker_(std::move(worker)), slot_(std::move(slot)) {}
  ~Exchange();
  void answer(Response response);

 private:
  std::weak_ptr<HttpWorker> worker_;
  std::shared_ptr<AnswerSlot> slot_;
  std::atomic<bool> answered_ = false;
};

class HttpConnection {
 public:
  HttpConnection(std::shared_ptr<HttpWorker> worker, Socket socket);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  Task<void> serve();

  bool is_overdue(SteadyTime now) const { return now >= deadline_; }
  bool is_between_requests() const { return phase_ == Phase::idle || phase_ == Phase::lingering; }
  void cut();  // whatever it does now fails, and serve() returns

 private:
  enum class Phase { idle, reading, handling, writing, lingering };
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  // Each false means: no further request on this connection.
  Task<bool> serve_request();
  Task<bool> read_head(std::size_t& length);
  Task<bool> parse_head(std::size_t length, Request& request);
  Task<bool> read_body();
  Task<bool> answer(Request request);
  Task<bool> write(const Response& response, bool keep_alive, bool with_body);
  Task<bool> refuse(int status, std::string detail);
  Task<bool> read_more(std::size_t at_most);
  Task<void> wait_for(AnswerSlot& slot);
  Task<void> linger();

  std::string_view unread() const;
  bool reserve_body(std::size_t bytes);  // false: all bodies together would be too large
  void release_body();
  void enter(Phase phase, std::chrono::nanoseconds time);
  std::optional<HeadProblem> fill_request(Request& request);

  std::shared_ptr<HttpWorker> worker_;
  Socket socket_;
  std::string remote_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::shared_ptr<AnswerSlot> slot_;
  Phase phase_ = Phase::idle;
  SteadyTime deadline_ = SteadyTime::max();
  std::size_t checked_ = 0;   // bytes of the head whose characters have been judged
  std::size_t reserved_ = 0;  // of the worker's body_bytes
  int version_ = 11;
};

}  // namespace net
