#include "net/request_head.h"

#include <algorithm>

#include "net/url.h"

namespace net {
namespace {

constexpr std::string_view line_end = "\r\n";

std::optional<std::string> check_field_line(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return "a header line is folded";
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return "a header line has no colon";
  if (!is_header_name(line.substr(0, colon)))
    return "a header name holds a blank or another forbidden character";
  return std::nullopt;
}

bool is_decimal(std::string_view text) {
  return !text.empty() && text.size() <= 19 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The part of RFC 3986 that a Host header can hold; parse_url judges it as it judges a URL's.
bool is_host(const std::string& value) {
  return parse_url("http://" + value + "/").has_value() && value.find_first_of("/?#") == std::string::npos;
}

std::optional<HeadProblem> check_framing(int version, const Headers& headers) {
  const int lengths = count_headers(headers, "content-length");
  const int codings = count_headers(headers, "transfer-encoding");
  if (lengths > 1 || codings > 1) return HeadProblem{400, "the body's length is given more than once"};
  if (lengths == 1 && codings == 1) return HeadProblem{400, "Content-Length together with Transfer-Encoding"};
  if (lengths == 1 && !is_decimal(*find_header(headers, "content-length"))) {
    return HeadProblem{400, "Content-Length is no whole number"};
  }
  if (codings == 0) return std::nullopt;
  if (version < 11) return HeadProblem{400, "Transfer-Encoding in HTTP/1.0"};
  if (!equal_ignoring_case(*find_header(headers, "transfer-encoding"), "chunked")) {
    return HeadProblem{400, "the only transfer coding known here is chunked"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> head_length(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  return end + 4;
}

std::size_t skip_empty_lines(std::string_view bytes) {
  std::size_t skipped = 0;
  while (bytes.substr(skipped).starts_with(line_end)) skipped += line_end.size();
  return skipped;
}

std::optional<std::string> check_characters(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if ((byte >= 0x20 && byte != 0x7f) || byte == '\t') continue;
    const bool in_pair = (byte == '\r' && (i + 1 == bytes.size() || bytes[i + 1] == '\n')) ||
                         (byte == '\n' && (i == 0 || bytes[i - 1] == '\r'));
    if (!in_pair) return "a control character, or a line that does not end in CR LF";
  }
  return std::nullopt;
}

std::optional<std::string> check_head_lines(std::string_view head) {
  bool is_request_line = true;
  while (true) {
    const std::string_view line = head.substr(0, head.find(line_end));
    if (line.empty()) return std::nullopt;
    head.remove_prefix(std::min(line.size() + line_end.size(), head.size()));
    if (is_request_line) {
      if (line.find('\t') != std::string_view::npos) return "a tab in the request line";
      is_request_line = false;
    } else if (auto problem = check_field_line(line)) {
      return problem;
    }
  }
}

std::optional<HeadProblem> check_head_fields(int version, const Headers& headers) {
  const int hosts = count_headers(headers, "host");
  if (hosts > 1) return HeadProblem{400, "more than one Host header"};
  if (hosts == 0 && version >= 11) return HeadProblem{400, "no Host header"};
  if (hosts == 1 && !find_header(headers, "host")->empty() && !is_host(*find_header(headers, "host"))) {
    return HeadProblem{400, "the Host header names no host"};
  }
  if (auto problem = check_framing(version, headers)) return problem;
  const std::string* expectation = find_header(headers, "expect");
  if (expectation && !equal_ignoring_case(*expectation, "100-continue")) {
    return HeadProblem{417, "the only expectation known here is 100-continue"};
  }
  return std::nullopt;
}

}  // namespace net
