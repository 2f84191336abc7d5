#include "net/http_worker.h"

#include <algorithm>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "net/http_connection.h"
#include "net/response_text.h"

namespace net {
namespace {

namespace asio = boost::asio;

Task<void> serve_connection(std::shared_ptr<HttpWorker> worker, Socket socket) {
  HttpConnection connection(std::move(worker), std::move(socket));
  co_await connection.serve();
}

}  // namespace

Response ServerShared::refusal(int status, const std::string& detail) const {
  if (options.format_refusal) return options.format_refusal(status, detail);
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, detail + "\n"};
}

HttpWorker::HttpWorker(std::shared_ptr<ServerShared> shared) : shared_(std::move(shared)) {}

void HttpWorker::run() {
  asio::co_spawn(io_, watch_deadlines(), asio::detached);
  io_.run();
}

void HttpWorker::post_socket(Socket socket) {
  asio::post(io_, [this, socket = std::move(socket)]() mutable {
    asio::co_spawn(io_, serve_connection(shared_from_this(), std::move(socket)), asio::detached);
  });
}

void HttpWorker::post_drain(SteadyTime cut_at) {
  asio::post(io_, [this, cut_at] {
    draining_ = true;
    cut_all_at_ = cut_at;
    cut_overdue(std::chrono::steady_clock::now());
    watch_timer_.cancel();  // the next look is due in a moment, not in a quarter of a second
  });
}

const std::string& HttpWorker::date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) date_ = http_date(now);
  date_second_ = now;
  return date_;
}

// One timer for all connections instead of one each: a request then costs no timer operation at all.
Task<void> HttpWorker::watch_deadlines() {
  while (!draining_ || !connections_.empty()) {
    watch_timer_.expires_after(watch_interval());
    boost::system::error_code ignored;
    co_await watch_timer_.async_wait(asio::redirect_error(use_task, ignored));
    cut_overdue(std::chrono::steady_clock::now());
  }
}

void HttpWorker::cut_overdue(SteadyTime now) {
  const bool all = now >= cut_all_at_;
  const std::vector<HttpConnection*> connections(connections_.begin(), connections_.end());
  for (HttpConnection* connection : connections) {
    if (!connections_.contains(connection)) continue;  // an earlier cut may have ended it
    const bool overdue = connection->is_overdue(now + watch_interval());
    if (overdue) ++shared_->timeouts;
    if (all || overdue || (draining_ && connection->is_between_requests())) connection->cut();
  }
}

// A connection whose time is up before the next look is cut now: at most a quarter of a second, or of the
// shortest time-out, early and never late.
std::chrono::nanoseconds HttpWorker::watch_interval() const {
  if (draining_) return std::chrono::milliseconds(2);
  const ServerOptions& options = shared_->options;
  const auto shortest = std::min({options.read_timeout, options.write_timeout, options.idle_timeout}) / 4;
  return std::clamp<std::chrono::nanoseconds>(shortest, std::chrono::milliseconds(5),
                                              std::chrono::milliseconds(250));
}

}  // namespace net
