#include "plimsoll/report/escape.h"

#include <fmt/format.h>

#include "base/text.h"

namespace plimsoll::report {
namespace {

constexpr std::string_view kWordJoiner = "&#8288;";

bool is_markup(char c) {
  return std::string_view("&<>\"'`*_[]|\\~@#$^").find(c) != std::string_view::npos;
}

// What a renderer turns into a link by itself: @name, #12, a scheme, www.
bool starts_link(std::string_view rest) {
  return rest.front() == '@' || rest.front() == '#' || rest.starts_with("://") || rest.starts_with(".");
}

bool after_www(std::string_view before) {
  return base::to_lower_ascii(before.substr(before.size() < 3 ? 0 : before.size() - 3)) == "www";
}

}  // namespace

std::string xml_characters(std::string_view text) {
  std::string result = base::printable(text, true);
  // U+FFFE and U+FFFF are valid UTF-8 and no characters of XML.
  result = base::replace_all(std::move(result), "\xEF\xBF\xBE", "\\ufffe");
  return base::replace_all(std::move(result), "\xEF\xBF\xBF", "\\uffff");
}

std::string html_escape(std::string_view text) {
  std::string result;
  for (const char c : xml_characters(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string markdown_escape(std::string_view text) {
  const std::string clean = base::replace_all(xml_characters(text), "\n", " ");
  std::string result;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const std::string_view rest = std::string_view(clean).substr(i);
    result +=
        is_markup(rest.front()) ? fmt::format("&#{};", int{rest.front()}) : std::string(1, rest.front());
    const bool breaks =
        starts_link(rest) && (rest.front() != '.' || after_www(std::string_view(clean).substr(0, i)));
    if (breaks) result += kWordJoiner;
  }
  return result;
}

}  // namespace plimsoll::report
