#include "net/http_connection.h"

#include <algorithm>
#include <array>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "net/response_text.h"

namespace net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t head_read_bytes = 4 << 10;
constexpr std::size_t body_read_bytes = 64 << 10;
constexpr std::size_t kept_buffer_bytes = 64 << 10;  // what an idle connection may hold on to
constexpr std::size_t small_body_bytes = 64 << 10;
constexpr std::size_t linger_bytes = 64u << 20;
constexpr auto linger_time = std::chrono::seconds(5);
constexpr auto forever = std::chrono::nanoseconds::max();

std::string endpoint_text(const Socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? "" : endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
}

}  // namespace

void AnswerSlot::set(std::optional<Response> answer) {
  if (response || abandoned) return;
  abandoned = !answer;
  response = std::move(answer);
  if (auto resume = std::exchange(waiter, nullptr)) resume();
}

Responder::Exchange::~Exchange() {
  if (answered_) return;
  if (const auto worker = worker_.lock()) answer(worker->shared().refusal(500, "the request was dropped"));
}

void Responder::Exchange::answer(Response response) {
  if (answered_.exchange(true)) return;
  const std::shared_ptr<HttpWorker> worker = worker_.lock();
  if (!worker) return;
  asio::dispatch(worker->io(), [slot = slot_, response = std::move(response)]() mutable {
    slot->set(std::move(response));
  });
}

void Responder::operator()(Response response) const {
  exchange_->answer(std::move(response));
}

HttpConnection::HttpConnection(std::shared_ptr<HttpWorker> worker, Socket socket)
    : worker_(std::move(worker)), socket_(std::move(socket)), remote_(endpoint_text(socket_)) {
  worker_->add(*this);
}

HttpConnection::~HttpConnection() {
  release_body();
  worker_->remove(*this);
  --worker_->shared().open;
}

void HttpConnection::cut() {
  error_code ignored;
  socket_.close(ignored);
  // The connection may end, and with it slot_, before set() returns.
  if (const std::shared_ptr<AnswerSlot> slot = slot_) slot->set(std::nullopt);
}

Task<void> HttpConnection::serve() {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  while (co_await serve_request()) {
  }
  if (socket_.is_open()) co_await linger();
}

Task<bool> HttpConnection::serve_request() {
  enter(Phase::idle, worker_->shared().options.idle_timeout);
  release_body();
  if (buffer_.size() == 0 && buffer_.capacity() > kept_buffer_bytes) buffer_.shrink_to_fit();
  std::size_t length = 0;
  if (!co_await read_head(length)) co_return false;
  Request request;
  if (!co_await parse_head(length, request)) co_return false;
  if (!co_await read_body()) co_return false;
  request.body = std::move(parser_->get().body());
  co_return co_await answer(std::move(request));
}

Task<bool> HttpConnection::read_head(std::size_t& length) {
  const ServerOptions& options = worker_->shared().options;
  checked_ = 0;
  while (true) {
    if (checked_ == 0) buffer_.consume(skip_empty_lines(unread()));
    const std::string_view bytes = unread();
    if (!bytes.empty() && phase_ == Phase::idle) enter(Phase::reading, options.read_timeout);
    // One byte back: a line end may have been cut between two reads.
    const std::size_t from = checked_ == 0 ? 0 : checked_ - 1;
    const std::size_t end_from = checked_ < 3 ? 0 : checked_ - 3;
    const auto end = head_length(bytes.substr(end_from));
    if (end) length = end_from + *end;
    if (auto problem = check_characters(bytes.substr(from, end ? length - from : bytes.npos))) {
      co_return co_await refuse(400, *problem);
    }
    if (bytes.size() > options.max_header_bytes && (!end || length > options.max_header_bytes)) {
      co_return co_await refuse(431, "the request's head is too large");
    }
    if (end) co_return true;
    checked_ = bytes.size();
    if (worker_->shared().draining && bytes.empty()) co_return false;
    if (!co_await read_more(head_read_bytes)) co_return false;
  }
}

Task<bool> HttpConnection::parse_head(std::size_t length, Request& request) {
  const ServerOptions& options = worker_->shared().options;
  const std::string_view head = unread().substr(0, length);
  if (auto problem = check_head_lines(head)) co_return co_await refuse(400, *problem);
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(options.max_header_bytes));
  parser_->body_limit(options.max_body_bytes);
  error_code error;
  buffer_.consume(parser_->put(asio::buffer(head.data(), head.size()), error));
  if (error == http::error::body_limit) co_return co_await refuse(413, "the request's body is too large");
  if (error == http::error::bad_version)
    co_return co_await refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  if (error) co_return co_await refuse(400, error.message());
  if (auto problem = fill_request(request)) co_return co_await refuse(problem->status, problem->detail);
  if (find_header(request.headers, "expect") && !parser_->is_done() && buffer_.size() == 0) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(socket_, asio::buffer(go_on), asio::redirect_error(use_task, error));
    if (error) co_return false;
  }
  co_return true;
}

std::optional<HeadProblem> HttpConnection::fill_request(Request& request) {
  const auto& message = parser_->get();
  version_ = static_cast<int>(message.version());
  if (version_ != 10 && version_ != 11) return HeadProblem{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  for (const auto& field : message) {
    request.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  if (auto problem = check_head_fields(version_, request.headers)) return problem;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.remote = remote_;
  auto parsed = parse_request_target(request.target);
  if (!parsed) return HeadProblem{400, parsed.error().message};
  request.parsed = *std::move(parsed);
  return std::nullopt;
}

Task<bool> HttpConnection::read_body() {
  const ServerOptions& options = worker_->shared().options;
  parser_->eager(true);
  while (!parser_->is_done()) {
    error_code error;
    const std::size_t used =
        buffer_.size() > 0 ? parser_->put(asio::buffer(unread().data(), unread().size()), error) : 0;
    buffer_.consume(used);
    if (!reserve_body(used)) co_return co_await refuse(503, "too many large requests at once");
    if (error == http::error::body_limit) co_return co_await refuse(413, "the request's body is too large");
    if (error && error != http::error::need_more) co_return co_await refuse(400, error.message());
    if (parser_->is_done()) break;
    // Only a chunk's size line or the trailer waits in the buffer for its end; neither has a right to be this
    // long.
    if (buffer_.size() > options.max_header_bytes)
      co_return co_await refuse(431, "a chunk's head is too large");
    if (!co_await read_more(body_read_bytes)) co_return false;
  }
  co_return true;
}

// Small requests are always taken: a few large ones that stay unfinished must not shut them out.
bool HttpConnection::reserve_body(std::size_t bytes) {
  ServerShared& shared = worker_->shared();
  reserved_ += bytes;
  const std::size_t total = shared.body_bytes.fetch_add(bytes) + bytes;
  return reserved_ <= small_body_bytes || total <= shared.options.max_bodies_bytes;
}

void HttpConnection::release_body() {
  worker_->shared().body_bytes -= std::exchange(reserved_, 0);
}

Task<bool> HttpConnection::answer(Request request) {
  const bool is_head = request.method == "HEAD";
  const bool client_stays = parser_->keep_alive();
  parser_.reset();
  enter(Phase::handling, forever);
  ServerShared& shared = worker_->shared();
  ++shared.requests;
  slot_ = std::make_shared<AnswerSlot>();
  try {
    shared.handler(std::move(request), Responder(std::make_shared<Responder::Exchange>(worker_, slot_)));
  } catch (const std::exception&) {
    slot_->set(shared.refusal(500, "the server failed to handle the request"));
  }
  if (!slot_->response && !slot_->abandoned) co_await wait_for(*slot_);
  const std::shared_ptr<AnswerSlot> slot = std::exchange(slot_, nullptr);
  if (!slot->response) co_return false;
  const bool keep_alive = client_stays && !shared.draining;
  co_return co_await write(*slot->response, keep_alive, !is_head) && keep_alive;
}

Task<void> HttpConnection::wait_for(AnswerSlot& slot) {
  co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(
      [&slot](auto handler) {
        slot.waiter = [handler = std::move(handler)]() mutable { std::move(handler)(); };
      },
      use_task);
}

Task<bool> HttpConnection::write(const Response& response, bool keep_alive, bool with_body) {
  enter(Phase::writing, worker_->shared().options.write_timeout);
  const std::string head =
      response_head(response, {.version = version_, .keep_alive = keep_alive, .date = worker_->date()});
  const bool send_body = with_body && may_have_body(response.status);
  const std::array<asio::const_buffer, 2> parts = {
      asio::buffer(head), send_body ? asio::buffer(response.body) : asio::const_buffer{}};
  error_code error;
  co_await asio::async_write(socket_, parts, asio::redirect_error(use_task, error));
  if (error) cut();
  co_return !error;
}

Task<bool> HttpConnection::refuse(int status, std::string detail) {
  ++worker_->shared().refusals;
  parser_.reset();
  release_body();
  Response response = worker_->shared().refusal(status, detail);
  if (status == 503) set_header(response.headers, "Retry-After", "1");
  co_await write(response, false, true);
  co_return false;
}

Task<bool> HttpConnection::read_more(std::size_t at_most) {
  error_code error;
  const std::size_t count =
      co_await socket_.async_read_some(buffer_.prepare(at_most), asio::redirect_error(use_task, error));
  buffer_.commit(count);
  if (error && error != asio::error::eof) cut();
  co_return !error;
}

// A close with unread bytes would become a reset that may overtake the answer: so end the sending side, then
// read what the client still sends, within bounds.
Task<void> HttpConnection::linger() {
  enter(Phase::lingering, linger_time);
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  buffer_.consume(buffer_.size());
  std::size_t dropped = 0;
  while (!error && dropped < linger_bytes) {
    dropped += co_await socket_.async_read_some(buffer_.prepare(body_read_bytes),
                                                asio::redirect_error(use_task, error));
  }
}

std::string_view HttpConnection::unread() const {
  const auto bytes = buffer_.cdata();
  return {static_cast<const char*>(bytes.data()), bytes.size()};
}

void HttpConnection::enter(Phase phase, std::chrono::nanoseconds time) {
  phase_ = phase;
  deadline_ = time == forever ? SteadyTime::max() : std::chrono::steady_clock::now() + time;
}

}  // namespace net
