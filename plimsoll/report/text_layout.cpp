#include "plimsoll/report/text_layout.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"

namespace plimsoll::report {
namespace {

struct Range {
  char32_t first, last;
};

// Unicode 15, EastAsianWidth.txt, W and F, in blocks: close enough for alignment.
constexpr std::array<Range, 11> kWide = {{{0x1100, 0x115F},
                                          {0x2E80, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1F64F},
                                          {0x1F680, 0x1F6FF},
                                          {0x1F900, 0x1F9FF},
                                          {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 6> kWidthless = {{{0x0300, 0x036F},
                                              {0x200B, 0x200D},
                                              {0x2060, 0x2060},
                                              {0x20D0, 0x20F0},
                                              {0xFE00, 0xFE0F},
                                              {0xFE20, 0xFE2F}}};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, char32_t point) {
  return std::ranges::any_of(ranges,
                             [point](Range range) { return range.first <= point && point <= range.last; });
}

// The first character of well-formed UTF-8; a stray byte counts as one character.
struct Character {
  char32_t point = 0;
  std::size_t bytes = 1;
};

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (bytes == 1 || bytes > text.size()) return {lead, 1};
  char32_t point = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i)
    point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  return {point, bytes};
}

std::size_t cells(char32_t point) {
  if (contains(kWidthless, point)) return 0;
  return contains(kWide, point) ? 2 : 1;
}

// How many bytes of the text fit into so many cells; at least one character.
std::size_t fitting(std::string_view text, std::size_t room) {
  std::size_t used = 0, at = 0;
  while (at < text.size()) {
    const Character character = first_character(text.substr(at));
    used += cells(character.point);
    if (used > room && at > 0) break;
    at += character.bytes;
  }
  return at;
}

// "213 ms" is not torn apart.
bool is_unit(std::string_view word) {
  constexpr std::array<std::string_view, 12> kUnits = {"ns", "µs", "ms", "s",   "min", "h",
                                                       "d",  "%",  "B",  "KiB", "MiB", "GiB"};
  while (!word.empty() && std::string_view(".,;:)").contains(word.back())) word.remove_suffix(1);
  return std::ranges::find(kUnits, word) != kUnits.end();
}

bool ends_in_digit(std::string_view word) {
  return !word.empty() && word.back() >= '0' && word.back() <= '9';
}

std::vector<std::string> unbreakable(std::string_view paragraph) {
  std::vector<std::string> words;
  for (std::string& word : base::split(paragraph, ' ')) {
    if (word.empty()) continue;
    if (!words.empty() && is_unit(word) && ends_in_digit(words.back())) {
      words.back() += " " + word;
    } else {
      words.push_back(std::move(word));
    }
  }
  return words;
}

class Lines {
 public:
  Lines(std::size_t columns, std::size_t indent)
      : room_(columns > indent + 10 ? columns - indent : 10), indent_(indent) {}

  void add_word(std::string_view word) {
    const std::size_t width = display_width(word);
    if (!line_.empty() && display_width(line_) + 1 + width > room_) end_line();
    if (!line_.empty()) line_ += ' ';
    while (line_.empty() && display_width(word) > room_) {
      const std::size_t bytes = fitting(word, room_);
      line_ = word.substr(0, bytes);
      word.remove_prefix(bytes);
      end_line();
    }
    line_ += word;
  }

  void end_line() {
    if (!line_.empty()) result_ += std::string(indent_, ' ') + line_ + "\n";
    line_.clear();
  }

  std::string take() {
    end_line();
    return std::move(result_);
  }

 private:
  std::size_t room_, indent_;
  std::string line_, result_;
};

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    width += cells(character.point);
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string wrap(std::string_view text, std::size_t columns, std::size_t indent) {
  Lines lines(columns, indent);
  for (const std::string& paragraph : base::split(text, '\n')) {
    for (const std::string& word : unbreakable(paragraph)) lines.add_word(word);
    lines.end_line();
  }
  return lines.take();
}

std::string pad_right(std::string text, std::size_t width) {
  const std::size_t have = display_width(text);
  return have < width ? std::move(text) + std::string(width - have, ' ') : text;
}

std::string pad_left(const std::string& text, std::size_t width) {
  const std::size_t have = display_width(text);
  return have < width ? std::string(width - have, ' ') + text : text;
}

}  // namespace plimsoll::report
