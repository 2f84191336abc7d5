// The traceparent header of any client: what is taken prints as a valid one of version 00 with the same
// identifiers.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "telemetry/trace_context.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto context = telemetry::parse_traceparent(std::string(data, data + size));
  if (!context) return 0;
  if (!context->valid() || telemetry::parse_traceparent(telemetry::to_traceparent(*context)) != context)
    std::abort();
  return 0;
}
