#include "apps/memory_api/memory/python_literal.h"

#include <string>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace memory_api::memory {
namespace {

using base::Json;

constexpr std::size_t longest_text = 1u << 20;
constexpr int max_depth = 64;

void append_utf8(std::string& text, unsigned c) {
  const auto add = [&](unsigned byte) { text.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return add(c);
  if (c < 0x800) {
    add(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    add(0xE0 | c >> 12);
    add(0x80 | (c >> 6 & 0x3F));
  } else {
    add(0xF0 | c >> 18);
    add(0x80 | (c >> 12 & 0x3F));
    add(0x80 | (c >> 6 & 0x3F));
  }
  add(0x80 | (c & 0x3F));
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
         c == '.' || c == '_';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  base::Result<Json> document() {
    BASE_ASSIGN(Json json, value(0));
    skip_space();
    if (at_ != text_.size()) return expected("the end");
    return json;
  }

 private:
  base::Result<Json> value(int depth) {
    if (depth > max_depth) return expected("fewer levels of nesting");
    skip_space();
    switch (peek()) {
      case '{':
        return dictionary(depth);
      case '[':
        return list(depth, ']');
      case '(':
        return list(depth, ')');
      case '\'':
      case '"': {
        BASE_ASSIGN(std::string text, quoted());
        return Json(std::move(text));
      }
      default:
        return word();
    }
  }

  base::Result<Json> dictionary(int depth) {
    Json object = Json::object();
    ++at_;
    while (!take('}')) {
      if (!object.empty()) {
        if (!take(',')) return expected("',' or '}'");
        if (take('}')) return object;
      }
      skip_space();
      if (peek() != '\'' && peek() != '"') return expected("a key in quotes");
      BASE_ASSIGN(std::string key, quoted());
      if (!take(':')) return expected("':'");
      if (object.contains(key)) return expected("each key once");
      BASE_ASSIGN(object[key], value(depth + 1));
    }
    return object;
  }

  base::Result<Json> list(int depth, char end) {
    Json array = Json::array();
    ++at_;
    while (!take(end)) {
      if (!array.empty()) {
        if (!take(',')) return expected("',' or the end of the list");
        if (take(end)) return array;
      }
      BASE_ASSIGN(Json element, value(depth + 1));
      array.push_back(std::move(element));
    }
    return array;
  }

  base::Result<std::string> quoted() {
    const char quote = text_[at_++];
    std::string out;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] != '\\') {
        out.push_back(text_[at_++]);
        continue;
      }
      ++at_;
      BASE_TRY(escape(out));
    }
    if (at_ == text_.size()) return expected("a closing quote");
    ++at_;
    if (!base::is_valid_utf8(out)) return expected("valid UTF-8");
    return out;
  }

  base::Status escape(std::string& out) {
    const char c = peek();
    ++at_;
    switch (c) {
      case 'n':
        out.push_back('\n');
        return {};
      case 'r':
        out.push_back('\r');
        return {};
      case 't':
        out.push_back('\t');
        return {};
      case '\\':
      case '\'':
      case '"':
        out.push_back(c);
        return {};
      case 'x':
        return code_point(out, 2);
      case 'u':
        return code_point(out, 4);
      case 'U':
        return code_point(out, 8);
      default:
        return expected("a known escape");
    }
  }

  base::Status code_point(std::string& out, std::size_t digits) {
    unsigned long long c = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      const char digit = peek();
      const auto value = std::string_view("0123456789abcdef").find(static_cast<char>(digit | 0x20));
      if (value == std::string_view::npos || digit == '\0') return expected("a hexadecimal digit");
      c = c * 16 + value;
    }
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return expected("a Unicode character");
    append_utf8(out, static_cast<unsigned>(c));
    return {};
  }

  base::Result<Json> word() {
    const std::size_t start = at_;
    while (is_word(peek())) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (word == "None") return Json(nullptr);
    if (word == "True") return Json(true);
    if (word == "False") return Json(false);
    if (const auto whole = base::parse_integer(word)) return Json(*whole);
    if (const auto real = base::parse_double(word)) return Json(*real);
    at_ = start;
    return expected("a value");
  }

  void skip_space() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\t' || peek() == '\r') ++at_;
  }
  bool take(char c) {
    skip_space();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::unexpected<base::Error> expected(std::string_view what) const {
    return base::fail(base::ErrorCode::invalid_argument,
                      fmt::format("expected JSON or a Python literal, here {} at byte {}", what, at_ + 1));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

base::Result<Json> read_python_literal(std::string_view text) {
  if (text.size() > longest_text) {
    return base::fail(base::ErrorCode::invalid_argument, "a literal longer than 1 MiB");
  }
  return Parser(text).document();
}

}  // namespace memory_api::memory
