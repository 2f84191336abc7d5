// URLs from plans and command lines: what is read prints as something that reads the same.
#include <cstdint>
#include <cstdlib>

#include "net/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto url = net::parse_url(text);
  if (!url) return 0;
  const auto again = net::parse_url(net::to_string(*url));
  if (!again || *again != *url) std::abort();
  return 0;
}
