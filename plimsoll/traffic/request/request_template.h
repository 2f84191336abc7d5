// A request, prepared once: fixed parts are bytes, only generated values are written anew each time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plimsoll/traffic/request/text_template.h"

namespace plimsoll::traffic {

struct RequestParts {
  std::string method = "GET";
  std::string authority;  // Host
  TextTemplate target;    // path and query
  std::vector<std::pair<std::string, TextTemplate>> headers;
  std::optional<TextTemplate> body;
  bool cookies = false;  // those of the user, unless the headers name a Cookie
};

// Scratch space for rendering; one per thread, its capacity is kept.
struct RenderBuffer {
  std::string request;
  std::string body;
};

// Immutable after construction; safe to share between threads.
class RequestTemplate {
 public:
  RequestTemplate() = default;

  // HTTP/1.1. Host, User-Agent, Accept and Content-Length are added where the headers do not name them.
  explicit RequestTemplate(const RequestParts& parts);

  bool is_head() const { return head_request_; }

  // The whole request; valid until the buffer is used again.
  std::string_view render(Generator& generator, RenderBuffer& buffer) const;

 private:
  bool head_request_ = false;
  bool fixed_ = false;
  std::string bytes_;  // of a fixed request
  TextTemplate head_;  // of any other: all but a Content-Length that changes and the blank line
  std::optional<TextTemplate> body_;
};

}  // namespace plimsoll::traffic
