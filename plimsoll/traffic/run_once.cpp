#include "plimsoll/traffic/run_once.h"

#include <fmt/format.h>

#include "base/text.h"
#include "plimsoll/traffic/engine/blocking_connection.h"
#include "plimsoll/traffic/engine/flow_runner.h"
#include "plimsoll/traffic/engine/tally.h"

namespace plimsoll::traffic {
namespace {

using base::ErrorCode;

constexpr std::size_t shown_bytes = 200;

class Once {
 public:
  Once(const LoadPlan& plan, BlockingConnection& connection)
      : plan_(plan), connection_(connection), runner_(plan, 0, 1) {
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
    const auto response =
        connection_.send(request.render(generator_, render_), request.is_head(), plan_.shape.timeout);
    if (!response) return base::fail(ErrorCode::unavailable, response.error().message);
    return judge(route, **response);
  }

  base::Status judge(std::uint32_t route, const ResponseCapture& response) {
    ResponseCapture* kept = runner_.capture(0, route);
    if (kept != nullptr) *kept = response;
    const auto by_status = error_of(response.status, plan_.routes[route].expect);
    const auto error = runner_.take_response(0, route, by_status, true, generator_);
    if (!error) return {};
    const std::string reason = by_status ? "" : failed_check(route, response);
    return base::fail(ErrorCode::unavailable,
                      fmt::format("{}status {}, {}", reason, response.status, first_bytes(response)));
  }

  std::string failed_check(std::uint32_t route, const ResponseCapture& response) {
    for (const Check& check : plan_.routes[route].logic.checks) {
      if (!holds(check, response, generator_)) return "\"" + check.name + "\" does not hold; ";
    }
    std::string value;
    for (const Extraction& extraction : plan_.routes[route].logic.extractions) {
      if (!extract(extraction, response, value))
        return "there is no " + extraction.name + " in the response; ";
    }
    return {};
  }

  static std::string first_bytes(const ResponseCapture& response) {
    if (response.body.empty()) return "no body";
    const std::string_view first = std::string_view(response.body).substr(0, shown_bytes);
    return "\"" + base::printable(base::mask_secrets(first)) + "\"" +
           (response.body.size() > shown_bytes ? " …" : "");
  }

  const LoadPlan& plan_;
  BlockingConnection& connection_;
  FlowRunner runner_;
  Generator generator_{base::Random(plan_.seed)};
  RenderBuffer render_;
};

}  // namespace

base::Result<std::vector<std::string>> run_once(const LoadPlan& plan, const std::string& what) {
  BASE_TRY(check_target(plan));
  const auto connection = BlockingConnection::create(plan.target, plan.tls);
  if (!connection) return std::unexpected(base::with_context(connection.error(), what));
  Once once(plan, **connection);
  BASE_TRY(once.run(what));
  return once.values();
}

}  // namespace plimsoll::traffic
