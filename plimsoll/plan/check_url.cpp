#include "plimsoll/plan/check_url.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace plimsoll::plan {
namespace {

using base::ErrorCode;

std::unexpected<base::Error> wrong(std::string_view url, std::string_view what, std::string hint = {}) {
  return base::fail(
      ErrorCode::invalid_argument,
      fmt::format("expected {}, found \"{}\"", what, base::printable(base::truncate_utf8(url, 80))),
      std::move(hint));
}

// host[:port], without user information.
std::string_view authority_of(std::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  url = url.substr(0, std::min(url.find_first_of("/?#"), url.size()));
  return url.substr(url.rfind('@') + 1);
}

bool is_port(std::string_view text) {
  if (text == "{port}") return true;
  const auto number = base::parse_integer(text);
  return number && *number >= 1 && *number <= 65535;
}

}  // namespace

base::Status check_url(std::string_view url) {
  const auto lower = base::to_lower_ascii(url.substr(0, 8));
  if (!lower.starts_with("http://") && !lower.starts_with("https://")) {
    return wrong(url, "a URL with http:// or https://", "as in http://127.0.0.1:8080/health");
  }
  const bool spaced = std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
  if (spaced) return wrong(url, "a URL without spaces", "a space in a URL is written %20");
  const auto authority = authority_of(url);
  const auto bracket = authority.rfind(']');  // of an IPv6 address, which holds colons itself
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (authority.empty() || colon == 0) return wrong(url, "a URL with a host");
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) {
    return wrong(url, "a URL with a port from 1 to 65535");
  }
  return {};
}

}  // namespace plimsoll::plan
