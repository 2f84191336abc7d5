#include "plimsoll/report/markup.h"

#include <algorithm>
#include <array>

#include "plimsoll/report/escape.h"

namespace plimsoll::report {
namespace {

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

class ElementWriter {
 public:
  static Markup write(std::string_view tag, Attributes attributes, const Markup& content) {
    std::string html = "<" + std::string(tag);
    for (const Attribute& attribute : attributes) add(html, attribute);
    if (content.empty() && closes_at_once(tag)) return Markup(html + "/>");
    return Markup(html + ">" + content.html() + "</" + std::string(tag) + ">" + std::string(line_end(tag)));
  }

 private:
  static void add(std::string& html, const Attribute& attribute) {
    constexpr std::array<std::string_view, 3> kMayBeEmpty = {"alt", "open", "content"};
    if (attribute.value.empty() && !is_one_of(kMayBeEmpty, attribute.name)) return;
    html += " " + std::string(attribute.name) + "=\"" + html_escape(attribute.value) + "\"";
  }

  static bool closes_at_once(std::string_view tag) {
    constexpr std::array<std::string_view, 9> kEmpty = {"meta",     "br",     "col",  "line", "path",
                                                        "polyline", "circle", "rect", "link"};
    return is_one_of(kEmpty, tag);
  }

  // Lines for readers of the source, only where white space means nothing.
  static std::string_view line_end(std::string_view tag) {
    constexpr std::array<std::string_view, 12> kBlocks = {
        "tr", "table", "tbody", "thead", "section", "div", "p", "h2", "details", "li", "svg", "head"};
    return is_one_of(kBlocks, tag) ? "\n" : "";
  }
};

Markup Markup::text(std::string_view text) {
  return Markup(html_escape(text));
}

Markup element(std::string_view tag, Attributes attributes, const Markup& content) {
  return ElementWriter::write(tag, attributes, content);
}

Markup element(std::string_view tag, Attributes attributes, std::string_view text) {
  return ElementWriter::write(tag, attributes, Markup::text(text));
}

Markup element(std::string_view tag, Attributes attributes) {
  return ElementWriter::write(tag, attributes, Markup());
}

}  // namespace plimsoll::report
