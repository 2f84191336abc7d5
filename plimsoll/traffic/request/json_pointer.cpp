#include "plimsoll/traffic/request/json_pointer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace plimsoll::traffic {
namespace {

constexpr int deepest = 128;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<unsigned> four_hex_digits(std::string_view text) {
  unsigned value = 0;
  if (text.size() < 4) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
  if (error != std::errc{} || end != text.data() + 4) return std::nullopt;
  return value;
}

void append_utf8(unsigned point, std::string& out) {
  const auto byte = [&out](unsigned value) { out += static_cast<char>(value); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) return byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F));
  if (point >= 0x10000) {
    byte(0xF0 | point >> 18);
    byte(0x80 | (point >> 12 & 0x3F));
  } else {
    byte(0xE0 | point >> 12);
  }
  byte(0x80 | (point >> 6 & 0x3F));
  byte(0x80 | (point & 0x3F));
}

char simple_escape(char c) {
  constexpr std::string_view written = "\"\\/bfnrt";
  constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
  const std::size_t at = written.find(c);
  return at == std::string_view::npos ? '\0' : meant[at];
}

// \uXXXX, with its second half where it is the first of a pair; `rest` begins behind the "u". False for half
// a pair.
bool take_unicode_escape(std::string_view& rest, std::string& out) {
  const auto first = four_hex_digits(rest);
  if (!first || (*first >= 0xDC00 && *first < 0xE000)) return false;
  rest.remove_prefix(4);
  if (*first < 0xD800 || *first >= 0xE000) return append_utf8(*first, out), true;
  if (!rest.starts_with("\\u")) return false;
  const auto second = four_hex_digits(rest.substr(2));
  if (!second || *second < 0xDC00 || *second >= 0xE000) return false;
  rest.remove_prefix(6);
  append_utf8(0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00), out);
  return true;
}

// What stands between the quotes of a string, decoded.
bool append_decoded(std::string_view inside, std::string& out) {
  while (!inside.empty()) {
    const std::size_t plain = std::min(inside.find('\\'), inside.size());
    out += inside.substr(0, plain);
    inside.remove_prefix(plain);
    if (inside.empty()) return true;
    if (inside.size() < 2) return false;
    const char kind = inside[1];
    inside.remove_prefix(2);
    if (kind == 'u') {
      if (!take_unicode_escape(inside, out)) return false;
      continue;
    }
    const char meant = simple_escape(kind);
    if (meant == '\0') return false;
    out += meant;
  }
  return true;
}

// Reads forward over a document's text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // Stands at a value afterwards: that of the member or element, or nothing.
  bool enter(const std::string& token) {
    skip_space();
    if (take('{')) return enter_member(token);
    if (take('[')) return enter_element(token);
    return false;
  }

  std::optional<std::string_view> value() {
    skip_space();
    const char* begin = rest_.data();
    if (!skip_value(0)) return std::nullopt;
    return std::string_view(begin, static_cast<std::size_t>(rest_.data() - begin));
  }

 private:
  void skip_space() {
    const std::size_t at = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(std::min(at, rest_.size()));
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A string with its quotes; nothing where there is none.
  std::optional<std::string_view> string() {
    if (rest_.empty() || rest_.front() != '"') return std::nullopt;
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      const char c = rest_[at];
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        const std::string_view text = rest_.substr(0, at + 1);
        rest_.remove_prefix(at + 1);
        return text;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  bool is_key(std::string_view quoted, const std::string& token) {
    const std::string_view inside = quoted.substr(1, quoted.size() - 2);
    if (inside.find('\\') == std::string_view::npos) return inside == token;
    std::string decoded;
    return append_decoded(inside, decoded) && decoded == token;
  }

  std::optional<std::string_view> key() {
    skip_space();
    const auto name = string();
    skip_space();
    return name && take(':') ? name : std::nullopt;
  }

  bool enter_member(const std::string& token) {
    do {
      const auto name = key();
      if (!name) return false;
      if (is_key(*name, token)) return true;
      if (!skip_value(0)) return false;
      skip_space();
    } while (take(','));
    return false;
  }

  bool enter_element(const std::string& token) {
    std::size_t index = 0;
    const bool number =
        !token.empty() && std::ranges::all_of(token, is_digit) && (token.size() == 1 || token.front() != '0');
    if (!number) return false;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    if (error != std::errc{}) return false;
    for (; index > 0; --index) {
      if (!skip_value(0)) return false;
      skip_space();
      if (!take(',')) return false;
    }
    return true;
  }

  bool skip_value(int depth) {
    skip_space();
    if (rest_.empty() || depth > deepest) return false;
    if (rest_.front() == '"') return string().has_value();
    if (take('{')) return skip_members(depth + 1);
    if (take('[')) return skip_elements(depth + 1);
    return skip_literal();
  }

  bool skip_members(int depth) {
    skip_space();
    if (take('}')) return true;
    do {
      if (!key() || !skip_value(depth)) return false;
      skip_space();
    } while (take(','));
    return take('}');
  }

  bool skip_elements(int depth) {
    skip_space();
    if (take(']')) return true;
    do {
      if (!skip_value(depth)) return false;
      skip_space();
    } while (take(','));
    return take(']');
  }

  bool skip_literal() {
    const std::size_t length = std::min(rest_.find_first_of(",]} \t\r\n:\"[{"), rest_.size());
    if (!is_json_literal(rest_.substr(0, length))) return false;
    rest_.remove_prefix(length);
    return true;
  }

  std::string_view rest_;
};

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// RFC 8259, 6.
bool is_json_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = skip_digits(text, at);
  if (whole == at || (text[at] == '0' && whole > at + 1)) return false;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = skip_digits(text, at + 1);
    if (fraction == at + 1) return false;
    at = fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = skip_digits(text, at);
    if (exponent == at) return false;
    at = exponent;
  }
  return at == text.size();
}

// "~1" is "/", "~0" is "~".
base::Result<std::string> unescape_token(std::string_view token) {
  std::string out;
  for (std::size_t at = 0; at < token.size(); ++at) {
    if (token[at] != '~') {
      out += token[at];
      continue;
    }
    const char next = ++at < token.size() ? token[at] : '\0';
    if (next != '0' && next != '1')
      return base::fail(base::ErrorCode::invalid_argument,
                        "\"~\" in a JSON pointer is written ~0, and \"/\" ~1");
    out += next == '0' ? '~' : '/';
  }
  return out;
}

}  // namespace

base::Result<JsonPointer> JsonPointer::parse(std::string_view text) {
  JsonPointer pointer;
  pointer.text_ = text;
  if (text.empty()) return pointer;
  if (text.front() != '/') {
    return base::fail(base::ErrorCode::invalid_argument,
                      "\"" + base::printable(base::truncate_utf8(text, 60)) + "\" is no JSON pointer",
                      "a JSON pointer looks like /results/0/id");
  }
  for (const std::string& token : base::split(text.substr(1), '/')) {
    BASE_ASSIGN(std::string plain, unescape_token(token));
    pointer.tokens_.push_back(std::move(plain));
  }
  return pointer;
}

std::optional<std::string_view> JsonPointer::find(std::string_view document) const {
  Scanner scanner(document);
  for (const std::string& token : tokens_) {
    if (!scanner.enter(token)) return std::nullopt;
  }
  return scanner.value();
}

bool append_json_text(std::string_view value, std::string& out) {
  if (!value.starts_with('"')) {
    out += value;
    return true;
  }
  return value.size() >= 2 && append_decoded(value.substr(1, value.size() - 2), out);
}

void append_json_escaped(std::string_view text, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
}

bool is_json_literal(std::string_view text) {
  return text == "true" || text == "false" || text == "null" || is_json_number(text);
}

}  // namespace plimsoll::traffic
