#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plimsoll/probes/bench/callgrind.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)plimsoll::probes::bench::total_of_profile(text, "profile");
  return 0;
}
