// Upper and lower case made one.
#pragma once

#include <string>
#include <string_view>

namespace memory_api::search {

// Every letter of the Latin (ASCII, Latin-1, Extended-A), Greek and Cyrillic alphabets in lower case (simple
// folding of the Unicode Character Database); everything else, invalid UTF-8 included, unchanged.
std::string fold_case(std::string_view utf8);

}  // namespace memory_api::search
