// What any service exposes: read within its limits or refused with a line.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "telemetry/prometheus_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto samples = telemetry::parse_exposition(text, {.samples = 100, .labels = 8});
  if (!samples) {
    if (samples.error().message.empty()) std::abort();
    return 0;
  }
  if (samples->size() > 100) std::abort();
  for (const auto& sample : *samples) {
    if (sample.name.empty() || sample.labels.size() > 8 || telemetry::identity(sample).empty()) std::abort();
  }
  return 0;
}
