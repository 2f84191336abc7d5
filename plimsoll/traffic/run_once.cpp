#include "plimsoll/traffic/run_once.h"

#include <array>
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"
#include "plimsoll/traffic/connection.h"
#include "plimsoll/traffic/flow_runner.h"
#include "plimsoll/traffic/resolve.h"
#include "plimsoll/traffic/tally.h"

namespace plimsoll::traffic {
namespace {

using base::ErrorCode;

constexpr std::size_t shown_bytes = 200;

class Once {
 public:
  Once(const LoadPlan& plan, const Endpoint& endpoint, std::unique_ptr<TlsClient> tls, Poller poller)
      : plan_(plan),
        endpoint_(endpoint),
        tls_(std::move(tls)),
        poller_(std::move(poller)),
        runner_(plan, 0, 1) {
    runner_.welcome(0, 0);
  }

  base::Status run(const std::string& what) {
    do {
      const std::uint32_t route = runner_.next_route(0, generator_);
      if (base::Status status = take(route); !status) {
        base::Error error = status.error();
        error.message = fmt::format("{} failed at \"{}\": {}", what, plan_.routes[route].name, error.message);
        return std::unexpected(std::move(error));
      }
    } while (!runner_.between_flows(0));
    return {};
  }

  std::vector<std::string> values() const { return runner_.values(0).variables; }

 private:
  base::Status take(std::uint32_t route) {
    const RequestTemplate& request = plan_.routes[route].request;
    runner_.speak_for(0, route, generator_);
    const std::string bytes(request.render(generator_, render_));
    deadline_ = poller_.now() + plan_.shape.timeout;
    if (connection_.state() == Connection::State::closed) BASE_TRY(connect());
    const Connection::Event event =
        wait(connection_.send(bytes, request.is_head(), poller_, traffic_, &capture_));
    if (event != Connection::Event::response) return no_answer();
    return judge(route);
  }

  base::Status connect() {
    const Connection::Event event = wait(connection_.open(endpoint_, poller_, 0, tls_.get()));
    return event == Connection::Event::connected ? base::Status{} : no_answer();
  }

  // Until the connection has something to say; `nothing` where time is up.
  Connection::Event wait(Connection::Event event) {
    while (event == Connection::Event::nothing && poller_.now() < deadline_) {
      for (const epoll_event& ready : poller_.wait(deadline_)) {
        if (event == Connection::Event::nothing)
          event = connection_.handle(ready.events, buffer_, poller_, traffic_);
      }
    }
    return event;
  }

  base::Status no_answer() {
    const bool late = poller_.now() >= deadline_;
    const int number = connection_.error_number();
    connection_.close();
    if (late) return base::fail(ErrorCode::unavailable, "no answer in time");
    if (const std::string problem = connection_.tls_problem(); !problem.empty())
      return base::fail(ErrorCode::unavailable, problem);
    return base::fail(ErrorCode::unavailable,
                      number == 0 ? "the answer is broken off or no HTTP" : std::strerror(number));
  }

  base::Status judge(std::uint32_t route) {
    ResponseCapture* kept = runner_.capture(0, route);
    if (kept != nullptr) *kept = capture_;
    const auto by_status = error_of(capture_.status, plan_.routes[route].expect);
    const auto error = runner_.take_response(0, route, by_status, true, generator_);
    if (!error) return {};
    const std::string reason = by_status ? "" : failed_check(route);
    return base::fail(ErrorCode::unavailable,
                      fmt::format("{}status {}, {}", reason, capture_.status, first_bytes()));
  }

  std::string failed_check(std::uint32_t route) {
    for (const Check& check : plan_.routes[route].logic.checks) {
      if (!holds(check, capture_, generator_)) return "\"" + check.name + "\" does not hold; ";
    }
    std::string value;
    for (const Extraction& extraction : plan_.routes[route].logic.extractions) {
      if (!extract(extraction, capture_, value))
        return "there is no " + extraction.name + " in the response; ";
    }
    return {};
  }

  std::string first_bytes() const {
    if (capture_.body.empty()) return "no body";
    const std::string_view first = std::string_view(capture_.body).substr(0, shown_bytes);
    return "\"" + base::printable(base::mask_secrets(first)) + "\"" +
           (capture_.body.size() > shown_bytes ? " …" : "");
  }

  const LoadPlan& plan_;
  const Endpoint& endpoint_;
  std::unique_ptr<TlsClient> tls_;
  Poller poller_;
  FlowRunner runner_;
  Generator generator_{base::Random(plan_.seed)};
  RenderBuffer render_;
  ResponseCapture capture_;
  Connection connection_;
  Connection::Traffic traffic_;
  base::Nanoseconds deadline_{};
  std::array<char, 16 << 10> buffer_{};
};

}  // namespace

base::Result<std::vector<std::string>> run_once(const LoadPlan& plan, const std::string& what) {
  BASE_TRY(check_target(plan));
  auto endpoint = resolve(plan.target);
  if (!endpoint) return std::unexpected(base::with_context(endpoint.error(), what));
  std::unique_ptr<TlsClient> tls;
  if (plan.target.scheme == "https") {
    BASE_ASSIGN(tls, TlsClient::create(plan.tls, plan.target.host));
  }
  BASE_ASSIGN(Poller poller, Poller::create(std::chrono::steady_clock::now()));
  Once once(plan, *endpoint, std::move(tls), std::move(poller));
  BASE_TRY(once.run(what));
  return once.values();
}

}  // namespace plimsoll::traffic
