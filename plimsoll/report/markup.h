// Markup that is well-formed by construction: a page is put together from elements and escaped text, never
// from strings.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace plimsoll::report {

// A piece of HTML (or SVG) that is also well-formed XML.
class Markup {
 public:
  Markup() = default;

  // A text of any bytes, escaped.
  static Markup text(std::string_view text);

  // What stands in our own source and is well-formed as it is.
  template <std::size_t N>
  static Markup verbatim(const char (&literal)[N]) {
    return Markup(std::string(literal, N - 1));
  }

  Markup& operator+=(const Markup& other) {
    html_ += other.html_;
    return *this;
  }
  friend Markup operator+(Markup left, const Markup& right) { return std::move(left += right); }

  bool empty() const { return html_.empty(); }
  const std::string& html() const { return html_; }

 private:
  explicit Markup(std::string html) : html_(std::move(html)) {}
  friend class ElementWriter;

  std::string html_;
};

struct Attribute {
  std::string_view name;  // ours, never the snapshot's
  std::string value;  // escaped when written; an attribute of an empty value is left out, except alt, open
                      // and content
};
using Attributes = std::initializer_list<Attribute>;

// <tag name="value">content</tag>; an empty element of HTML's void kind (meta, br, col) or of SVG's shapes is
// closed at once.
Markup element(std::string_view tag, Attributes attributes, const Markup& content);
Markup element(std::string_view tag, Attributes attributes, std::string_view text);
Markup element(std::string_view tag, Attributes attributes);

}  // namespace plimsoll::report
