#include "plimsoll/plan/rule_scanner.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace plimsoll::plan {
namespace {

constexpr std::string_view space = " \t\r\n";
constexpr std::size_t shown_bytes = 40;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '*' || c == '-';
}

// The length of a JSON string with both quotes, or npos where it is never closed.
std::size_t json_string_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

void RuleScanner::skip_space() {
  position_ = std::min(text_.find_first_not_of(space, position_), text_.size());
}

bool RuleScanner::at_end() {
  skip_space();
  return position_ == text_.size();
}

char RuleScanner::peek() {
  return at_end() ? '\0' : text_[position_];
}

bool RuleScanner::accept(std::string_view symbol) {
  skip_space();
  if (!text_.substr(position_).starts_with(symbol)) return false;
  position_ += symbol.size();
  return true;
}

std::string_view RuleScanner::take_word() {
  skip_space();
  const auto start = position_;
  while (position_ < text_.size() && is_word(text_[position_])) ++position_;
  return text_.substr(start, position_ - start);
}

std::string_view RuleScanner::take_until_space() {
  skip_space();
  return take_until(space);
}

std::string_view RuleScanner::take_until(std::string_view ends) {
  skip_space();
  const auto start = position_;
  position_ = std::min(text_.find_first_of(ends, position_), text_.size());
  const auto taken = text_.substr(start, position_ - start);
  return taken.substr(0, taken.find_last_not_of(space) + 1);
}

base::Result<std::string> RuleScanner::take_json_string() {
  const auto rest = text_.substr(position_);
  const auto length = json_string_length(rest);
  if (length == std::string_view::npos) return error(position_, "this quote is never closed");
  const auto json = base::parse_json(rest.substr(0, length), "value");
  if (!json || !json->is_string()) {
    return error(position_, fmt::format("expected a JSON string, found {}", found_at(position_)),
                 "inside quotes a backslash is written \\\\");
  }
  position_ += length;
  return json->get<std::string>();
}

std::string RuleScanner::found_at(std::size_t position) const {
  const auto start = text_.find_first_not_of(space, position);
  if (start == std::string_view::npos) return "the end";
  const auto end = std::min(text_.find_first_of(" \t\r\n{}(),\"", start + 1), text_.size());
  return fmt::format("\"{}\"",
                     base::printable(base::truncate_utf8(text_.substr(start, end - start), shown_bytes)));
}

std::unexpected<base::Error> RuleScanner::error(std::size_t position, std::string message,
                                                std::string hint) const {
  base::Place place = place_;
  place.column = std::max(place.column, 1) + static_cast<int>(position);
  return base::fail_at(std::move(place), std::move(message), std::move(hint));
}

std::unexpected<base::Error> RuleScanner::expected(std::string_view what, std::string hint) {
  skip_space();
  return error(position_, fmt::format("expected {}, found {}", what, found_at(position_)), std::move(hint));
}

}  // namespace plimsoll::plan
