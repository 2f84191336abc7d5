#include "plimsoll/traffic/request/response_capture.h"

#include "net/headers.h"

namespace plimsoll::traffic {

void ResponseCapture::clear() {
  status = 0;
  fields.clear();
  body.clear();
  body_cut = false;
}

std::optional<std::string_view> ResponseCapture::field(std::string_view name) const {
  for (const auto& [field_name, value] : fields) {
    if (net::equal_ignoring_case(field_name, name)) return value;
  }
  return std::nullopt;
}

}  // namespace plimsoll::traffic
