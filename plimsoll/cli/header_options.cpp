#include "plimsoll/cli/header_options.h"

#include <fmt/format.h>

#include "base/text.h"
#include "net/headers.h"

namespace plimsoll::cli {

base::Result<std::map<std::string, std::string>> parse_headers(std::span<const std::string> headers,
                                                               std::string_view option) {
  std::map<std::string, std::string> result;
  for (const std::string& header : headers) {
    const std::size_t colon = header.find(':');
    const std::string name = header.substr(0, colon);
    if (colon == std::string::npos || !net::is_header_name(name)) {
      return base::fail(
          base::ErrorCode::invalid_argument,
          fmt::format("{} \"{}\" is no header", option, base::printable(base::mask_secrets(header))),
          "write it as \"Name: value\"");
    }
    result[name] = base::trim(std::string_view(header).substr(colon + 1));
  }
  return result;
}

}  // namespace plimsoll::cli
