// JSON pointers (RFC 6901) into a document's text: one value is found without building a tree, so that a
// check on every response costs a scan and no allocation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace plimsoll::traffic {

// Immutable; safe to share between threads.
class JsonPointer {
 public:
  // "" is the whole document; anything else begins with "/". invalid_argument otherwise.
  static base::Result<JsonPointer> parse(std::string_view text);

  // The value's own text inside `document`. Nothing where it is not there, where the document is no JSON up
  // to the value's end, or where it is nested deeper than 128. What follows the value is not read. Of equal
  // keys the first counts.
  std::optional<std::string_view> find(std::string_view document) const;

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<std::string> tokens_;
};

// A value's text as a user would say it: a string without its quotes and escapes, anything else as it is
// written. Appends. False for a string that JSON does not allow.
bool append_json_text(std::string_view value, std::string& out);

// Writes text as the inside of a JSON string (RFC 8259, 7).
void append_json_escaped(std::string_view text, std::string& out);

// Whether text is a JSON number, true, false or null.
bool is_json_literal(std::string_view text);

}  // namespace plimsoll::traffic
