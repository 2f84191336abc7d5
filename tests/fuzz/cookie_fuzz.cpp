#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plimsoll/traffic/request/cookie_jar.h"

// Every line is a Set-Cookie field. Whatever they say, what is sent is one line of a header, or nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll::traffic;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CookieJar jar;
  const CookieScope scope{"api.example.com", "/a/b", true};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    jar.take(text.substr(at, end - at), scope, 1'700'000'000);
    at = end + 1;
  }
  std::string header;
  jar.append_header(scope, 1'700'000'000, header);
  if (header.empty()) return 0;
  if (!header.starts_with("Cookie: ") ||
      header.find_first_of(std::string_view("\r\n\0", 3)) != header.size() - 2)
    std::abort();
  return 0;
}
