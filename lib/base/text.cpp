#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace base {
namespace {

constexpr std::string_view kBlank = " \t\r\n\f\v";
constexpr std::string_view kEllipsis = "…";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

// One code point at the start of a text; length 0 where it is not well-formed.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
};

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;  // c0 and c1 could only be overlong
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

CodePoint decode(std::string_view text) {
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = sequence_length(lead);
  if (length == 0 || length > text.size()) return {};
  char32_t value = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return {};
    value = (value << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kLeast[length] || value > 0x10ffff || surrogate) return {};
  return {value, length};
}

bool turns_text_around(char32_t c) {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

void append_escape(std::string& text, char kind, char32_t value, int digits) {
  text += '\\';
  text += kind;
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    text += "0123456789abcdef"[(value >> shift) & 15];
}

void append_printable(std::string& text, CodePoint point, std::string_view bytes) {
  if (is_control(point.value) && point.value < 0x80) {
    append_escape(text, 'x', point.value, 2);
  } else if (is_control(point.value) || turns_text_around(point.value)) {
    append_escape(text, 'u', point.value, 4);
  } else {
    text += bytes;
  }
}

// Optimal string alignment: Damerau–Levenshtein in which no stretch is edited twice.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substituted});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

// The words of a command line, read as a POSIX shell reads them before any expansion (IEEE Std 1003.1, 2.2
// Quoting).
class ShellWords {
 public:
  explicit ShellWords(std::string_view text) : text_(text) {}

  Result<std::vector<std::string>> split() {
    while (at_ < text_.size()) BASE_TRY(step());
    end_word();
    return std::move(words_);
  }

 private:
  Status step() {
    const char c = text_[at_++];
    if (c == '\0') return fail(ErrorCode::invalid_argument, "a command line cannot hold a NUL byte");
    if (c == '\'') return single_quoted();
    if (c == '"') return double_quoted();
    if (c == '\\') return escaped();
    if (c == ' ' || c == '\t' || c == '\n') {
      end_word();
    } else {
      add(c);
    }
    return {};
  }

  Status escaped() {
    if (at_ == text_.size()) return fail(ErrorCode::invalid_argument, "the command line ends in a lone \\");
    if (text_[at_] != '\n') add(text_[at_]);  // a backslash before a newline joins the lines
    ++at_;
    return {};
  }

  Status single_quoted() {
    const std::size_t end = text_.find('\'', at_);
    if (end == std::string_view::npos) return unclosed('\'');
    in_word_ = true;
    word_ += text_.substr(at_, end - at_);
    at_ = end + 1;
    return {};
  }

  Status double_quoted() {
    in_word_ = true;
    const std::size_t opened = at_;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      const bool escapes = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                           std::string_view("$`\"\\\n").contains(text_[at_ + 1]);
      if (escapes) ++at_;
      if (!escapes || text_[at_] != '\n') word_ += text_[at_];
    }
    if (at_ == text_.size()) {
      at_ = opened;
      return unclosed('"');
    }
    ++at_;
    return {};
  }

  Status unclosed(char quote) const {
    return fail(ErrorCode::invalid_argument,
                std::string("the ") + quote + " at character " + std::to_string(at_) + " is never closed");
  }

  void add(char c) {
    in_word_ = true;
    word_ += c;
  }

  void end_word() {
    if (in_word_) words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string word_;
  bool in_word_ = false;  // '' is a word too
  std::vector<std::string> words_;
};

}  // namespace

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += separator;
    text += parts[i];
  }
  return text;
}

std::string to_lower_ascii(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::optional<double> parse_double(std::string_view text) {
  const auto value = parse_whole<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<long long> parse_integer(std::string_view text) {
  return parse_whole<long long>(text);
}

std::string shortest_double(double value) {
  if (!std::isfinite(value)) return "null";
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = decode(text).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string truncate_utf8(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  const bool marked = bytes >= kEllipsis.size();
  std::size_t end = marked ? bytes - kEllipsis.size() : bytes;
  const std::size_t least = end < 3 ? 0 : end - 3;  // no sequence is longer than four bytes
  while (end > least && is_continuation(text[end])) --end;
  return std::string(text.substr(0, end)) + std::string(marked ? kEllipsis : "");
}

std::string printable(std::string_view text, bool keep_newlines) {
  std::string result;
  while (!text.empty()) {
    const CodePoint point = decode(text);
    const std::size_t length = std::max<std::size_t>(point.length, 1);
    if (point.length == 0) {
      append_escape(result, 'x', static_cast<unsigned char>(text.front()), 2);
    } else if (point.value == '\n' && keep_newlines) {
      result += '\n';
    } else {
      append_printable(result, point, text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return result;
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t kLongest =
      100;  // nobody mistypes a longer one, and the distance takes the product of both
  if (word.size() > kLongest) return std::nullopt;
  const std::string wanted = to_lower_ascii(word);
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::optional<std::string> found;
  for (const auto& candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const std::size_t distance = edit_distance(wanted, to_lower_ascii(candidate));
    if (distance >= best || distance >= std::max(word.size(), candidate.size())) continue;
    best = distance;
    found = candidate;
  }
  return found;
}

Result<std::vector<std::string>> split_shell_words(std::string_view text) {
  return ShellWords(text).split();
}

}  // namespace base
