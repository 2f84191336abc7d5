#include "plimsoll/formats/xml_document.h"

#include <algorithm>

#include <pugixml.hpp>

#include "base/text.h"

namespace plimsoll::formats {
namespace {

base::Place place_of(const Content& content, std::size_t offset) {
  const std::string_view before = content.text().substr(0, offset);
  const std::size_t line_start = before.rfind('\n');
  const std::size_t column =
      line_start == std::string_view::npos ? before.size() : before.size() - line_start - 1;
  return {content.source(), static_cast<int>(std::ranges::count(before, '\n')) + 1,
          static_cast<int>(column) + 1};
}

// What may stand before the document's element: declaration, comments, document type.
std::size_t prolog_item_length(std::string_view text) {
  const auto up_to = [&](std::string_view end, std::size_t from = 0) {
    const std::size_t at = text.find(end, from);
    return at == std::string_view::npos ? text.size() : at + end.size();
  };
  if (text.starts_with("<?")) return up_to("?>");
  if (text.starts_with("<!--")) return up_to("-->");
  if (text.starts_with("<!")) {  // its declarations in [ ] end in > too
    const std::size_t bracket = text.find_first_of("[>");
    const bool declares = bracket != std::string_view::npos && text[bracket] == '[';
    return up_to(">", declares ? up_to("]", bracket) : 0);
  }
  return 0;
}

}  // namespace

std::string_view root_element(std::string_view text) {
  text = base::trim(text);
  while (const std::size_t length = prolog_item_length(text)) text = base::trim(text.substr(length));
  if (!text.starts_with('<')) return {};
  text.remove_prefix(1);
  return text.substr(0, text.find_first_of(" \t\r\n/>"));
}

base::Result<std::shared_ptr<const pugi::xml_document>> parse_xml(const Content& content) {
  if (static_cast<std::size_t>(std::ranges::count(content.text(), '<')) > 2 * most_tags) {
    base::Error error = content.wrong("has more than 4,000,000 elements");
    error.code = base::ErrorCode::too_large;
    return std::unexpected(error);
  }
  auto document = std::make_shared<pugi::xml_document>();
  const pugi::xml_parse_result result =
      document->load_buffer(content.text().data(), content.text().size(), pugi::parse_default);
  if (result) return document;
  base::Error error = content.wrong(std::string("broken XML: ") + result.description());
  const auto offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0));
  error.place = place_of(content, std::min(offset, content.text().size()));
  return std::unexpected(error);
}

}  // namespace plimsoll::formats
