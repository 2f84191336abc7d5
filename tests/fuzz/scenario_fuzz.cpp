#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plimsoll/traffic/scenario.h"

// A scenario is read or refused with a place; one that was read makes requests that are whole.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll::traffic;
  const auto scenario = parse_scenario({reinterpret_cast<const char*>(data), size}, "s.yaml");
  if (!scenario) {
    if (!scenario.error().place || scenario.error().message.empty()) std::abort();
    return 0;
  }
  const auto plan = make_plan(*scenario, "http://127.0.0.1:8080", {});
  if (!plan) return 0;
  Generator generator{base::Random(1)};
  RenderBuffer buffer;
  for (const Route& route : plan->routes) {
    const std::string_view request = route.request.render(generator, buffer);
    const std::size_t head = request.find("\r\n\r\n");
    if (head == std::string_view::npos) std::abort();
    for (std::size_t at = 0; at < head; ++at) {  // no generated or written value breaks a line
      if (request[at] == '\n' && (at == 0 || request[at - 1] != '\r')) std::abort();
    }
  }
  return 0;
}
