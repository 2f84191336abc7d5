// A CMakeLists.txt of anybody's repository: read to its end, whatever it holds.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plimsoll/plan/detect/cmake_commands.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& command : plimsoll::plan::detect::cmake_commands(text)) {
    if (command.name.empty()) std::abort();
  }
  return 0;
}
