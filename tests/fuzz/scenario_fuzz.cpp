#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plimsoll/traffic/engine/flow_runner.h"
#include "plimsoll/traffic/scenario/scenario.h"

namespace {

using namespace plimsoll::traffic;

// No generated, extracted or written value breaks a line of the request's head.
void expect_whole(std::string_view request) {
  const std::size_t head = request.find("\r\n\r\n");
  if (head == std::string_view::npos) std::abort();
  for (std::size_t at = 0; at < head; ++at) {
    if (request[at] == '\n' && (at == 0 || request[at - 1] != '\r')) std::abort();
  }
}

// A user walks through the flows; every answer is the scenario's own text.
void walk(const LoadPlan& plan, std::string_view text) {
  FlowRunner runner(plan, 0, 1);
  runner.welcome(0, 0);
  Generator generator{base::Random(1)};
  RenderBuffer buffer;
  for (int step = 0; step < 20; ++step) {
    const std::uint32_t route = runner.next_route(0, generator);
    runner.speak_for(0, route, generator);
    expect_whole(plan.routes[route].request.render(generator, buffer));
    if (ResponseCapture* capture = runner.capture(0, route)) {
      capture->clear();
      capture->status = 200;
      capture->body = text;
      capture->fields = {{"Set-Cookie", std::string(text.substr(0, 200))}, {"Location", "/a"}};
    }
    runner.take_response(0, route, std::nullopt, true, generator);
  }
}

}  // namespace

// A scenario is read or refused with a place; one that was read makes requests that are whole.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = parse_scenario_file(text, "s.yaml");
  if (!file) {
    if (!file.error().place || file.error().message.empty()) std::abort();
    return 0;
  }
  const auto plan = make_plan(*file, "http://127.0.0.1:8080", {});
  if (!plan) return 0;
  if (!plan->flows.list.empty()) {
    walk(*plan, text);
    return 0;
  }
  if (!plan->parts.empty()) return 0;
  Generator generator{base::Random(1)};
  RenderBuffer buffer;
  for (const Route& route : plan->routes) expect_whole(route.request.render(generator, buffer));
  return 0;
}
