// An answer as bytes: status line and header fields (RFC 9112, 4). Pure, but for the clock behind the date.
#pragma once

#include <ctime>
#include <string>

#include "net/http_server.h"

namespace net {

struct ResponseFraming {
  int version = 11;  // of the request
  bool keep_alive = true;
  std::string_view date;  // IMF-fixdate; empty: no Date field
};

// Everything before the body. Control characters in header values become blanks, so that no value splits an
// answer.
std::string response_head(const Response& response, const ResponseFraming& framing);

// 204, 304 and 1xx carry none.
bool may_have_body(int status);

// "Mon, 23 Nov 2026 14:52:35 GMT" (RFC 9110, 5.6.7).
std::string http_date(std::time_t time);

}  // namespace net
