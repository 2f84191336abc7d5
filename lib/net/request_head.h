// What RFC 9112 demands of a request's head and a lenient parser lets through. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/headers.h"

namespace net {

// The length of the head that `bytes` starts with, its empty line included; nothing where it is not complete
// yet. Empty lines before a request line belong to no head: skip_empty_lines removes them (RFC 9112, 2.2).
std::optional<std::size_t> head_length(std::string_view bytes);
std::size_t skip_empty_lines(std::string_view bytes);

// Complaints about raw text, or nothing. check_characters judges any stretch of a head, whole or not, so that
// what is no HTTP is refused at once: control characters, line ends other than CRLF. check_head_lines judges
// a complete head: folded lines, names that are no tokens (a blank before the colon).
std::optional<std::string> check_characters(std::string_view bytes);
std::optional<std::string> check_head_lines(std::string_view head);

// What must be answered in place of serving this head: a status of 400, 417, 501 or 505, and why.
struct HeadProblem {
  int status = 400;
  std::string detail;
};

// Host exactly once in HTTP/1.1, framing that can be read in one way only, an expectation that is known.
// `version` is 10 or 11, as the request line said.
std::optional<HeadProblem> check_head_fields(int version, const Headers& headers);

}  // namespace net
