#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "plimsoll/traffic/scenario/har_scenario.h"
#include "plimsoll/traffic/scenario/scenario.h"

// What is written is a scenario, unless an environment variable that stands for a secret is not set.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll::traffic;
  const auto text = scenario_from_har({reinterpret_cast<const char*>(data), size}, "r.har", "");
  if (!text) return 0;
  const auto file = parse_scenario_file(*text, "s.yaml");
  if (file || file.error().message.find("is not set") != std::string::npos) return 0;
  std::fprintf(stderr, "%s\n%s\n", base::to_string(file.error()).c_str(), text->c_str());
  std::abort();
}
