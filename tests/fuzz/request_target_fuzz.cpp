// Request targets from the network; every segment that was decoded encodes to something that decodes the
// same.
#include <cstdint>
#include <cstdlib>

#include "net/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto target = net::parse_request_target(std::string(data, data + size));
  if (!target) return 0;
  if (target->segments.empty()) std::abort();
  for (const std::string& segment : target->segments) {
    if (net::percent_decode(net::percent_encode(segment)) != segment) std::abort();
  }
  return 0;
}
