// Heads of requests: a head that passes both checks has no folded line and no control character but tab, CR
// and LF.
#include <cstdint>
#include <cstdlib>

#include "net/request_head.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::string_view rest = std::string_view(text).substr(net::skip_empty_lines(text));
  const auto length = net::head_length(rest);
  if (!length) return 0;
  const std::string_view head = rest.substr(0, *length);
  if (net::check_characters(head) || net::check_head_lines(head)) return 0;
  for (const std::string_view folded : {"\r\n ", "\r\n\t"}) {
    if (head.find(folded) != std::string_view::npos) std::abort();
  }
  return 0;
}
