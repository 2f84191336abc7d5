#include "plimsoll/traffic/request/cookie_jar.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"

namespace plimsoll::traffic {
namespace {

constexpr std::size_t most_cookies = 50;
constexpr std::size_t longest_cookie = 4096;
constexpr std::int64_t most_seconds = std::int64_t{400} * 24 * 3600;  // longer lives end here, as in browsers

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

bool is_date_delimiter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x09 || (byte >= 0x20 && byte <= 0x2F) || (byte >= 0x3B && byte <= 0x40) ||
         (byte >= 0x5B && byte <= 0x60) || (byte >= 0x7B && byte <= 0x7E);
}

std::string_view leading_digits(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  return text.substr(0, end);
}

// "12:34:56", each of one or two digits; what follows the last digits does not count.
std::optional<int> seconds_of_day(std::string_view token) {
  std::array<int, 3> parts{};
  for (std::size_t part = 0; part < 3; ++part) {
    const std::string_view digits = leading_digits(token);
    if (digits.empty() || digits.size() > 2) return std::nullopt;
    parts[part] = static_cast<int>(*base::parse_integer(digits));
    token.remove_prefix(digits.size());
    if (part < 2 && !token.starts_with(':')) return std::nullopt;
    if (part < 2) token.remove_prefix(1);
  }
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  return parts[0] * 3600 + parts[1] * 60 + parts[2];
}

std::optional<unsigned> month_of(std::string_view token) {
  constexpr std::string_view names = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (token.size() < 3) return std::nullopt;
  const std::size_t at = names.find(base::to_lower_ascii(token.substr(0, 3)));
  return at == std::string_view::npos || at % 3 != 0 ? std::nullopt
                                                     : std::optional(static_cast<unsigned>(at / 3 + 1));
}

// What tokens of a date have said so far, each the first time it fits.
struct DateParts {
  std::optional<int> time;
  std::optional<unsigned> day, month;
  std::optional<int> year;

  void take(std::string_view token) {
    const std::string_view digits = leading_digits(token);
    if (!time) {
      time = seconds_of_day(token);
      if (time) return;
    }
    if (!day && (digits.size() == 1 || digits.size() == 2)) {
      day = static_cast<unsigned>(*base::parse_integer(digits));
      return;
    }
    if (!month) {
      month = month_of(token);
      if (month) return;
    }
    if (!year && digits.size() >= 2 && digits.size() <= 4)
      year = static_cast<int>(*base::parse_integer(digits));
  }
};

int full_year(int year) {
  if (year >= 70 && year <= 99) return year + 1900;
  return year < 70 ? year + 2000 : year;
}

// RFC 6265, 5.1.4: up to the last slash, not included.
std::string_view default_path(std::string_view request_path) {
  const std::size_t last = request_path.rfind('/');
  return !request_path.starts_with('/') || last == 0 ? "/" : request_path.substr(0, last);
}

bool path_matches(std::string_view request_path, std::string_view path) {
  if (!request_path.starts_with(path)) return false;
  return request_path.size() == path.size() || path.ends_with('/') || request_path[path.size()] == '/';
}

void take_attribute(Cookie& cookie, std::string_view name, std::string_view value, std::int64_t now,
                    bool& has_age) {
  const std::string key = base::to_lower_ascii(name);
  if (key == "secure") cookie.secure = true;
  if (key == "path") cookie.path = value.starts_with('/') ? value : std::string_view();
  if (key == "domain" && !value.empty())
    cookie.domain = base::to_lower_ascii(value.starts_with('.') ? value.substr(1) : value);
  if (key == "expires" && !has_age) {
    if (const auto date = parse_cookie_date(value)) cookie.expires = *date;
  }
  if (key == "max-age") {
    const auto seconds = base::parse_integer(value);
    const bool number = seconds && (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
    if (!number) return;
    has_age = true;
    cookie.expires = *seconds <= 0 ? 0 : now + std::min<std::int64_t>(*seconds, most_seconds);
  }
}

}  // namespace

std::optional<std::int64_t> parse_cookie_date(std::string_view text) {
  DateParts parts;
  for (std::size_t at = 0; at < text.size();) {
    if (is_date_delimiter(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_date_delimiter(text[end])) ++end;
    parts.take(text.substr(at, end - at));
    at = end;
  }
  if (!parts.time || !parts.day || !parts.month || !parts.year) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(full_year(*parts.year)),
                                         std::chrono::month(*parts.month), std::chrono::day(*parts.day)};
  if (!date.ok() || full_year(*parts.year) < 1601) return std::nullopt;
  return std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86400 + *parts.time;
}

std::optional<Cookie> parse_set_cookie(std::string_view text, std::int64_t now) {
  if (text.size() > longest_cookie || has_control_characters(text)) return std::nullopt;
  const std::size_t end = std::min(text.find(';'), text.size());
  const std::string_view pair = text.substr(0, end);
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  Cookie cookie;
  cookie.name = base::trim(pair.substr(0, equals));
  cookie.value = base::trim(pair.substr(equals + 1));
  if (cookie.name.empty()) return std::nullopt;
  bool has_age = false;
  for (std::size_t at = end; at < text.size();) {
    const std::size_t next = std::min(text.find(';', at + 1), text.size());
    const std::string_view attribute = text.substr(at + 1, next - at - 1);
    const std::size_t middle = attribute.find('=');
    const std::string_view value = middle == std::string_view::npos ? "" : attribute.substr(middle + 1);
    take_attribute(cookie, base::trim(attribute.substr(0, middle)), base::trim(value), now, has_age);
    at = next;
  }
  return cookie;
}

void CookieJar::take(std::string_view set_cookie, const CookieScope& scope, std::int64_t now) {
  std::optional<Cookie> cookie = parse_set_cookie(set_cookie, now);
  if (!cookie) return;
  const std::string& domain = cookie->domain;
  const bool parent = scope.host.size() > domain.size() && scope.host.ends_with(domain) &&
                      scope.host[scope.host.size() - domain.size() - 1] == '.';
  if (!domain.empty() && domain != scope.host && !parent) return;
  if (cookie->path.empty()) cookie->path = default_path(scope.path);
  std::erase_if(cookies_,
                [&](const Cookie& old) { return old.name == cookie->name && old.path == cookie->path; });
  if (cookie->expires && *cookie->expires <= now) return;
  if (cookies_.size() == most_cookies) cookies_.erase(cookies_.begin());
  const auto place = std::ranges::find_if(
      cookies_, [&](const Cookie& other) { return other.path.size() < cookie->path.size(); });
  cookies_.insert(place, *std::move(cookie));
}

void CookieJar::append_header(const CookieScope& scope, std::int64_t now, std::string& out) const {
  bool first = true;
  for (const Cookie& cookie : cookies_) {
    if (cookie.expires && *cookie.expires <= now) continue;
    if (cookie.secure && !scope.secure) continue;
    if (!path_matches(scope.path, cookie.path)) continue;
    out += first ? "Cookie: " : "; ";
    out += cookie.name;
    out += '=';
    out += cookie.value;
    first = false;
  }
  if (!first) out += "\r\n";
}

}  // namespace plimsoll::traffic
