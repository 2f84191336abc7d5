// English words that say nothing about what a text is about.
#pragma once

#include <string_view>

namespace memory_api::search {

// For a word in lower case. They are neither indexed nor searched: in a question ("what does Ann drink?")
// they are most of the words, and each would touch nearly every memory.
bool is_stop_word(std::string_view word);

}  // namespace memory_api::search
