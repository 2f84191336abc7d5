// Whatever a probe writes on its stream is refused or read, never believed.
#include <cstdint>
#include <string_view>

#include "plimsoll/probes/stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll;
  probes::StreamReader reader(
      {.declare = [](model::SeriesHandle, const model::Series&) { return base::Status{}; },
       .observe = [](model::Observation&&) { return base::Status{}; },
       .finding = [](model::Finding&&) { return base::Status{}; },
       .log = [](std::string_view) {},
       .fact = [](std::string_view, std::string_view) {}});
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t half = size / 2;
  if (reader.feed(text.substr(0, half)) && reader.feed(text.substr(half))) static_cast<void>(reader.finish());
  return 0;
}
