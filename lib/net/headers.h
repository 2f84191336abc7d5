// Header fields of an HTTP message: a list in the order they were sent; names compare without case (RFC
// 9110, 5.1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace net {

struct Header {
  std::string name;
  std::string value;

  bool operator==(const Header&) const = default;
};

using Headers = std::vector<Header>;

// The first value under that name; nullptr where there is none.
const std::string* find_header(const Headers& headers, std::string_view name);

int count_headers(const Headers& headers, std::string_view name);

// Replaces every field of that name by this one.
void set_header(Headers& headers, std::string_view name, std::string value);

bool equal_ignoring_case(std::string_view a, std::string_view b);

// A field name is a token of RFC 9110, 5.6.2; a value holds no control character but the tab.
bool is_header_name(std::string_view name);
bool is_header_value(std::string_view value);

}  // namespace net
