#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "plimsoll/traffic/scenario/openapi_scenario.h"
#include "plimsoll/traffic/scenario/scenario.h"

// What is written is a scenario.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll::traffic;
  const auto text = scenario_from_openapi({reinterpret_cast<const char*>(data), size}, "o.json", "");
  if (!text) return 0;
  const auto file = parse_scenario_file(*text, "s.yaml");
  if (file) return 0;
  std::fprintf(stderr, "%s\n%s\n", base::to_string(file.error()).c_str(), text->c_str());
  std::abort();
}
