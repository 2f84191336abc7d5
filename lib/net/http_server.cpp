#include "net/http_server.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "net/http_worker.h"
#include "net/response_text.h"

namespace net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorCode;
using base::Result;
using base::Status;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

std::unexpected<base::Error> listen_error(const ServerOptions& options, const error_code& error) {
  base::Error converted =
      base::from_errno(fmt::format("cannot listen on {}:{}", options.address, options.port), error.value());
  if (error == asio::error::address_in_use) {
    converted.code = ErrorCode::conflict;
    converted.hint = "another program has this port; --port 0 picks a free one";
  }
  return std::unexpected(std::move(converted));
}

Status open_listener(Acceptor& acceptor, const ServerOptions& options) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) {
    return base::fail(ErrorCode::invalid_argument, fmt::format("\"{}\" is no IP address", options.address));
  }
  if (options.port < 0 || options.port > 65535) {
    return base::fail(ErrorCode::invalid_argument, fmt::format("{} is no port", options.port));
  }
  const tcp::endpoint endpoint(address, static_cast<std::uint16_t>(options.port));
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return listen_error(options, error);
  return {};
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(ServerOptions options, Handler handler) : shared_(std::make_shared<ServerShared>()) {
    shared_->options = std::move(options);
    shared_->handler = std::move(handler);
    for (int i = 0; i < std::max(1, shared_->options.threads); ++i) {
      workers_.push_back(std::make_shared<HttpWorker>(shared_));
    }
    acceptor_.emplace(workers_.front()->io().get_executor());
  }

  ~Impl() { stop(std::chrono::nanoseconds(0)); }

  Status start() {
    BASE_TRY(open_listener(*acceptor_, shared_->options));
    port_ = acceptor_->local_endpoint().port();
    asio::co_spawn(workers_.front()->io(), accept(), asio::detached);
    for (const auto& worker : workers_) threads_.emplace_back([worker] { worker->run(); });
    return {};
  }

  void stop(std::chrono::nanoseconds grace) {
    if (threads_.empty()) return;
    shared_->draining = true;
    asio::post(workers_.front()->io(), [this] {
      error_code ignored;
      acceptor_->close(ignored);
    });
    const SteadyTime cut_at = std::chrono::steady_clock::now() + grace;
    for (const auto& worker : workers_) worker->post_drain(cut_at);
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  int port() const { return port_; }
  const ServerShared& shared() const { return *shared_; }

 private:
  Task<void> accept() {
    std::size_t next = 0;
    while (!shared_->draining) {
      HttpWorker& worker = *workers_[next++ % workers_.size()];
      error_code error;
      Socket socket =
          co_await acceptor_->async_accept(worker.io().get_executor(), asio::redirect_error(use_task, error));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        co_await pause();
      } else {
        admit(worker, std::move(socket));
      }
    }
  }

  // Out of descriptors, most likely: give those that are open a moment to end.
  Task<void> pause() {
    Timer timer(acceptor_->get_executor());
    timer.expires_after(std::chrono::milliseconds(50));
    error_code ignored;
    co_await timer.async_wait(asio::redirect_error(use_task, ignored));
  }

  void admit(HttpWorker& worker, Socket socket) {
    if (shared_->open >= shared_->options.max_connections) return turn_away(std::move(socket));
    ++shared_->open;
    ++shared_->total;
    worker.post_socket(std::move(socket));
  }

  // A fresh connection's send buffer takes a short answer whole, so this never waits.
  void turn_away(Socket socket) {
    ++shared_->refusals;
    Response response = shared_->refusal(503, "too many connections");
    set_header(response.headers, "Retry-After", "1");
    const std::string text = response_head(response, {.keep_alive = false, .date = {}}) + response.body;
    [[maybe_unused]] const auto sent =
        ::send(socket.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  std::shared_ptr<ServerShared> shared_;
  std::vector<std::shared_ptr<HttpWorker>> workers_;
  std::optional<Acceptor> acceptor_;
  std::vector<std::thread> threads_;
  int port_ = 0;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(ServerOptions options, Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler));
  BASE_TRY(impl->start());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const {
  return impl_->port();
}

ServerStatistics HttpServer::statistics() const {
  const ServerShared& shared = impl_->shared();
  return {shared.open, shared.total, shared.requests, shared.refusals, shared.timeouts};
}

void HttpServer::stop(std::chrono::nanoseconds grace) {
  impl_->stop(grace);
}

}  // namespace net
