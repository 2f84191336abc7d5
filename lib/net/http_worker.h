// One io thread of the server: its event loop, its connections and their deadlines. Internal to lib/net.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <unordered_set>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/http_server.h"

namespace net {

// Concrete executors: the type-erased default costs about 7 % of the server's CPU.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
template <class T>
using Task = boost::asio::awaitable<T, Executor>;
inline constexpr boost::asio::use_awaitable_t<Executor> use_task;

using SteadyTime = std::chrono::steady_clock::time_point;

class HttpConnection;

// What all threads of one server share.
struct ServerShared {
  ServerOptions options;
  Handler handler;
  std::atomic<bool> draining = false;
  std::atomic<std::uint64_t> open = 0;
  std::atomic<std::size_t> body_bytes = 0;  // of all requests being read or answered
  std::atomic<std::uint64_t> total = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> refusals = 0;
  std::atomic<std::uint64_t> timeouts = 0;

  // The answer to what never reaches the handler.
  Response refusal(int status, const std::string& detail) const;
};

// All members but `post_*` and the constructor belong to the worker's own thread.
class HttpWorker : public std::enable_shared_from_this<HttpWorker> {
 public:
  explicit HttpWorker(std::shared_ptr<ServerShared> shared);

  void run();  // on the worker's thread, until drained
  boost::asio::io_context& io() { return io_; }
  ServerShared& shared() { return *shared_; }

  void post_socket(Socket socket);
  void post_drain(SteadyTime cut_at);

  void add(HttpConnection& connection) { connections_.insert(&connection); }
  void remove(HttpConnection& connection) { connections_.erase(&connection); }
  const std::string& date();

 private:
  Task<void> watch_deadlines();
  void cut_overdue(SteadyTime now);
  std::chrono::nanoseconds watch_interval() const;

  std::shared_ptr<ServerShared> shared_;
  boost::asio::io_context io_{1};
  Timer watch_timer_{io_.get_executor()};
  std::unordered_set<HttpConnection*> connections_;
  SteadyTime cut_all_at_ = SteadyTime::max();
  bool draining_ = false;
  std::time_t date_second_ = 0;
  std::string date_;
};

}  // namespace net
