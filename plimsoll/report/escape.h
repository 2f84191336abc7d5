// Texts of a snapshot made inert, one way a form. Each takes any bytes and returns valid UTF-8: control
// characters, escape sequences, invalid bytes and direction marks are shown as visible escapes like \x1b
// (base::printable).
#pragma once

#include <string>
#include <string_view>

namespace plimsoll::report {

// Characters that XML 1.0 allows; not yet escaped as markup (an XML writer does that).
std::string xml_characters(std::string_view text);

// Text of HTML or XML, also inside a quoted attribute.
std::string html_escape(std::string_view text);

// Text of GitHub-flavoured Markdown on one line, also inside a table's cell or an HTML element: no markup, no
// mention, no link to an issue and no automatic link. Joiners without width break what a renderer would link.
std::string markdown_escape(std::string_view text);

}  // namespace plimsoll::report
