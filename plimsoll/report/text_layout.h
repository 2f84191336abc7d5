// Plain text set into columns of a terminal.
#pragma once

#include <string>
#include <string_view>

namespace plimsoll::report {

// Cells that printable UTF-8 takes: East Asian wide characters and pictographs two, combining marks none.
std::size_t display_width(std::string_view text);

// Breaks at spaces, and inside a word only where it is longer than a line. Every line starts with `indent`
// spaces and ends in a newline; a newline in the text is a break. Nothing for an empty text.
std::string wrap(std::string_view text, std::size_t columns, std::size_t indent);

// Filled with spaces on the right or on the left; unchanged where it is as wide already.
std::string pad_right(std::string text, std::size_t width);
std::string pad_left(const std::string& text, std::size_t width);

}  // namespace plimsoll::report
