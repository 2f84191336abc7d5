// One user's cookies (RFC 6265), for a load that knows one host: a cookie for any other domain is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::traffic {

struct Cookie {
  std::string name;
  std::string value;
  std::string domain;  // as the server wrote it, in lower case, without a leading dot; "" : the host
  std::string path;    // "" : by the request's path
  std::optional<std::int64_t> expires;  // unix seconds; absent: with the session
  bool secure = false;
};

// A Set-Cookie field's value (RFC 6265, 5.2). Nothing where it has no name, holds a control character or is
// longer than 4 KiB. Max-Age wins over Expires.
std::optional<Cookie> parse_set_cookie(std::string_view text, std::int64_t now);

// A cookie's date, however it is written (RFC 6265, 5.1.1), in unix seconds.
std::optional<std::int64_t> parse_cookie_date(std::string_view text);

// Where a user asks: the host in lower case, the path without its query, whether over TLS.
struct CookieScope {
  std::string_view host;
  std::string_view path;
  bool secure = false;
};

// At most 50 cookies; the oldest gives way. Not thread-safe.
class CookieJar {
 public:
  void take(std::string_view set_cookie, const CookieScope& scope, std::int64_t now);

  // Appends "Cookie: a=1; b=2\r\n", longer paths first (5.4), or nothing.
  void append_header(const CookieScope& scope, std::int64_t now, std::string& out) const;

  bool empty() const { return cookies_.empty(); }
  void clear() { cookies_.clear(); }

 private:
  std::vector<Cookie> cookies_;  // as they are sent: longer paths first, then older ones
};

}  // namespace plimsoll::traffic
