#include "plimsoll/traffic/request/request_template.h"

#include <algorithm>

#include "net/headers.h"

namespace plimsoll::traffic {
namespace {

bool names(const RequestParts& parts, std::string_view name) {
  return std::ranges::any_of(
      parts.headers, [&](const auto& header) { return net::equal_ignoring_case(header.first, name); });
}

bool needs_length(const RequestParts& parts) {
  return parts.body || parts.method == "POST" || parts.method == "PUT" || parts.method == "PATCH";
}

TextTemplate make_head(const RequestParts& parts) {
  TextTemplate head;
  head.append(parts.method + " ");
  head.append(parts.target);
  head.append(" HTTP/1.1\r\n");
  if (!names(parts, "Host")) head.append("Host: " + parts.authority + "\r\n");
  if (!names(parts, "User-Agent")) head.append("User-Agent: plimsoll/" PLIMSOLL_VERSION "\r\n");
  if (!names(parts, "Accept")) head.append("Accept: */*\r\n");
  for (const auto& [name, value] : parts.headers) {
    if (net::equal_ignoring_case(name, "Content-Length")) continue;  // ours is right
    head.append(name + ": ");
    head.append(value);
    head.append("\r\n");
  }
  if (parts.cookies && !names(parts, "Cookie")) head.append_cookies();
  return head;
}

}  // namespace

RequestTemplate::RequestTemplate(const RequestParts& parts)
    : head_request_(parts.method == "HEAD"), head_(make_head(parts)), body_(parts.body) {
  const bool fixed_body = !body_ || body_->is_fixed();
  fixed_ = head_.is_fixed() && fixed_body;
  if (!fixed_body) return;
  const std::string body = body_ ? body_->fixed_text() : std::string();
  if (needs_length(parts)) head_.append("Content-Length: " + std::to_string(body.size()) + "\r\n");
  head_.append("\r\n" + body);
  body_.reset();
  if (fixed_) bytes_ = head_.fixed_text();
}

std::string_view RequestTemplate::render(Generator& generator, RenderBuffer& buffer) const {
  if (fixed_) return bytes_;
  buffer.request.clear();
  head_.render(generator, buffer.request);
  if (body_) {
    buffer.body.clear();
    body_->render(generator, buffer.body);
    buffer.request += "Content-Length: ";
    buffer.request += std::to_string(buffer.body.size());  // fits the string's own room: no allocation
    buffer.request += "\r\n\r\n";
    buffer.request += buffer.body;
  }
  return buffer.request;
}

}  // namespace plimsoll::traffic
