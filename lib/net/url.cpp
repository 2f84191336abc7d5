#include "net/url.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace net {
namespace {

using base::ErrorCode;
using base::Result;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

bool is_visible_ascii(char c) {
  return c > 0x20 && c < 0x7f;
}

std::unexpected<base::Error> bad_url(std::string_view url, std::string_view problem, std::string hint = {}) {
  return base::fail(
      ErrorCode::invalid_argument,
      fmt::format("\"{}\" is no URL: {}", base::printable(base::truncate_utf8(url, 200)), problem),
      std::move(hint));
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](char c) { return is_unreserved(c) && c != '~'; });
}

bool is_ipv6_text(std::string_view host) {
  return host.size() >= 2 && std::count(host.begin(), host.end(), ':') >= 2 &&
         std::all_of(host.begin(), host.end(),
                     [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
}

// "host", "host:port", "[v6]" or "[v6]:port".
Result<void> read_authority(std::string_view text, std::string_view authority, Url& url) {
  std::string_view host = authority;
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return bad_url(text, "an IPv6 address without its closing bracket");
    host = authority.substr(1, end - 1);
    const std::string_view rest = authority.substr(end + 1);
    if (!is_ipv6_text(host)) return bad_url(text, fmt::format("\"{}\" is no IPv6 address", host));
    if (!rest.empty() && rest.front() != ':') return bad_url(text, "expected \":port\" after the bracket");
    has_port = !rest.empty();
    port = rest.substr(has_port ? 1 : 0);
  } else {
    const std::size_t colon = authority.find(':');
    has_port = colon != std::string_view::npos;
    host = authority.substr(0, colon);
    if (has_port) port = authority.substr(colon + 1);
    if (host.empty()) return bad_url(text, "it has no host");
    if (!is_host_name(host))
      return bad_url(text, fmt::format("\"{}\" is no host name", base::printable(host)));
  }
  url.host = base::to_lower_ascii(host);
  if (!has_port) return {};
  const bool digits = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto number = digits && port.size() <= 5 ? base::parse_integer(port) : std::nullopt;
  if (!number || *number < 1 || *number > 65535) {
    return bad_url(text, fmt::format("expected a port from 1 to 65535, found \"{}\"", base::printable(port)));
  }
  url.port = static_cast<int>(*number);
  return {};
}

}  // namespace

std::string Url::target() const {
  return query.empty() ? path : path + "?" + query;
}

std::string Url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (scheme == "https" ? 443 : 80)) text += ":" + std::to_string(port);
  return text;
}

bool Url::is_loopback() const {
  if (host == "localhost" || host == "::1") return true;
  const std::vector<std::string> parts = base::split(host, '.');
  return parts.size() == 4 && parts[0] == "127" &&
         std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return !part.empty() && part.size() <= 3 &&
                  std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
         });
}

std::string to_string(const Url& url) {
  return url.scheme + "://" + url.authority() + url.target();
}

Result<Url> parse_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  Url url;
  if (scheme_end != std::string_view::npos) url.scheme = base::to_lower_ascii(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") {
    return bad_url(text, "expected http:// or https://", "write it as http://HOST:PORT/PATH");
  }
  if (!std::all_of(text.begin(), text.end(), is_visible_ascii)) {
    return bad_url(text, "it holds a blank, a control character or a byte outside ASCII",
                   "percent-encode it: a blank is %20");
  }
  std::string_view rest = text.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  if (authority.find('@') != std::string_view::npos) {
    return base::fail(ErrorCode::invalid_argument, "a URL may not carry user:password@",
                      "send an Authorization header instead");
  }
  url.port = url.scheme == "https" ? 443 : 80;
  BASE_TRY(read_authority(text, authority, url));
  rest = rest.substr(authority_end);
  const std::size_t question = rest.find('?');
  url.path = std::string(rest.substr(0, question));
  if (url.path.empty()) url.path = "/";
  if (question != std::string_view::npos) url.query = std::string(rest.substr(question + 1));
  return url;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return encoded;
}

std::optional<QueryParameters> parse_query(std::string_view query) {
  QueryParameters parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    auto name = percent_decode(base::replace_all(std::string(pair.substr(0, equals)), "+", " "));
    auto decoded = percent_decode(base::replace_all(std::string(value), "+", " "));
    if (!name || !decoded) return std::nullopt;
    parameters.emplace_back(std::move(*name), std::move(*decoded));
  }
  return parameters;
}

Result<RequestTarget> parse_request_target(std::string_view target) {
  if (target == "*") return RequestTarget{"*", {"*"}, {}};
  RequestTarget result;
  std::string absolute;
  if (!target.starts_with('/')) {
    BASE_ASSIGN(const Url url, parse_url(target));
    absolute = url.target();
    target = absolute;
  }
  if (!std::all_of(target.begin(), target.end(), is_visible_ascii)) {
    return base::fail(ErrorCode::invalid_argument,
                      "the request target holds a byte that must be percent-encoded");
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  result.path = std::string(target.substr(0, question));
  for (std::size_t at = 1, end = 0; end != std::string::npos; at = end + 1) {
    end = result.path.find('/', at);
    auto decoded = percent_decode(std::string_view(result.path).substr(at, end - at));
    if (!decoded) return base::fail(ErrorCode::invalid_argument, "the path holds a broken percent-encoding");
    result.segments.push_back(std::move(*decoded));
  }
  auto query = parse_query(target.substr(std::min(question + 1, target.size())));
  if (!query) return base::fail(ErrorCode::invalid_argument, "the query holds a broken percent-encoding");
  result.query = std::move(*query);
  return result;
}

}  // namespace net
