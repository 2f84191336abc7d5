// XML from outside, held to limits, with errors that name the place.
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "plimsoll/formats/content.h"

namespace pugi {
class xml_document;
}

namespace plimsoll::formats {

inline constexpr std::size_t most_tags = 4'000'000;

// The name of the document's element, without reading the rest; empty where there is none.
std::string_view root_element(std::string_view text);

// Entities of a document type are never expanded. corrupt with line and column; too_large past most_tags.
base::Result<std::shared_ptr<const pugi::xml_document>> parse_xml(const Content& content);

}  // namespace plimsoll::formats
