// Addresses: the http and https URLs that a user writes (RFC 3986), and the request targets that a client
// sends (RFC 9112, 3.2). Pure text work; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace net {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case, an IPv6 address without its brackets
  int port = 0;        // 1 … 65535; 80 or 443 where none was written
  std::string path;    // as written, still percent-encoded; "/" where none was written
  std::string query;   // as written, without "?"; empty where there is none

  bool operator==(const Url&) const = default;

  std::string target() const;  // path and query: what stands in a request line
  std::string authority()
      const;                 // "host" or "host:port" where the port is not the scheme's; brackets around IPv6
  bool is_loopback() const;  // localhost, 127.0.0.0/8 or ::1, by its text alone: no look-up
};

// `scheme://host[:port][/path][?query]`; a fragment is dropped. invalid_argument says what was expected and
// found: another scheme, no host, a port outside 1 … 65535, user:password@ (never sent silently), blanks or
// control characters.
base::Result<Url> parse_url(std::string_view text);

std::string to_string(const Url& url);

// "%41" -> "A". Nothing where a "%" is not followed by two hexadecimal digits. A plus sign stays one.
std::optional<std::string> percent_decode(std::string_view text);

// Everything but letters, digits and -._~ becomes %XX.
std::string percent_encode(std::string_view text);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// "a=1&b=x+y" after the URL standard's application/x-www-form-urlencoded: "+" is a blank, order and repeats
// are kept.
std::optional<QueryParameters> parse_query(std::string_view query);

// What a request target names. The path is split at "/" before its segments are decoded, so that "a%2Fb" is
// one segment.
struct RequestTarget {
  std::string path;                   // as sent, without the query
  std::vector<std::string> segments;  // decoded; "/v1/ping/" -> {"v1", "ping", ""}; "*" -> {"*"}
  QueryParameters query;              // decoded
};

// Origin form, absolute form, or "*". invalid_argument for anything else and for broken percent-encoding.
base::Result<RequestTarget> parse_request_target(std::string_view target);

}  // namespace net
