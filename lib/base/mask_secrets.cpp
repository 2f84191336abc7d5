// mask_secrets of base/text.h: one pass from left to right that asks at each word whether a secret begins
// there. It would rather hide a word too many than show a key.
#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace base {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kLongToken = 32;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_word(char c) {
  return is_digit(c) || is_lower(c) || is_upper(c) || c == '_' || c == '-';
}
bool is_token(char c) {
  return is_word(c) || c == '+';
}
bool ends_value(char c) {
  return std::string_view(" \t\r\n\"'`,;&)]}>").contains(c);
}

// "X-Api-Key" and "api_key" are one name.
std::string plain_name(std::string_view word) {
  std::string name = to_lower_ascii(word);
  std::erase_if(name, [](char c) { return c == '_' || c == '-'; });
  return name;
}

bool names_secret(std::string_view word) {
  constexpr std::array<std::string_view, 15> kEndings = {
      "password",   "passwd",     "pwd",         "passphrase", "secret",
      "token",      "apikey",     "accesskey",   "secretkey",  "privatekey",
      "signingkey", "credential", "credentials", "cookie",     "authorization"};
  const std::string name = plain_name(word);
  return std::ranges::any_of(kEndings, [&name](std::string_view ending) { return name.ends_with(ending); });
}

// What a trace is found by is printed on purpose (W3C Trace Context: 32 and 16 hexadecimal digits).
bool names_trace(std::string_view word) {
  const std::string name = plain_name(word);
  return name.ends_with("traceid") || name.ends_with("spanid");
}

bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool names_header(std::string_view word) {
  const std::string name = plain_name(word);
  return name.ends_with("authorization") || name.ends_with("cookie");
}

bool is_scheme(std::string_view word) {
  const std::string name = to_lower_ascii(word);
  return name == "bearer" || name == "basic";
}

// Key prefixes that say what they are, after the documentation of OpenAI, GitHub, GitLab, Slack, AWS and JWT
// (RFC 7519).
bool has_key_prefix(std::string_view token) {
  constexpr std::array<std::string_view, 12> kPrefixes = {"sk-",   "ghp_",        "gho_",   "ghs_",
                                                          "ghu_",  "github_pat_", "glpat-", "xoxb-",
                                                          "xoxp-", "AKIA",        "ASIA",   "eyJ"};
  return token.size() >= 16 && std::ranges::any_of(kPrefixes, [token](std::string_view prefix) {
           return token.starts_with(prefix);
         });
}

// Long, with digits and letters mixed as no name mixes them: names_with_parts and UUIDs are lower case
// between marks.
bool looks_random(std::string_view token) {
  if (token.size() < kLongToken || !std::ranges::any_of(token, is_digit)) return false;
  const bool small = std::ranges::any_of(token, is_lower);
  const bool large = std::ranges::any_of(token, is_upper);
  const bool marks = std::ranges::any_of(token, [](char c) { return c == '_' || c == '-'; });
  return (small && large) || (!marks && (small || large));
}

class Masker {
 public:
  explicit Masker(std::string_view text) : text_(text) {}

  std::string mask() {
    while (at_ < text_.size()) {
      if (is_token(text_[at_])) {
        word();
      } else if (text_.substr(at_).starts_with("://")) {
        user_info();
      } else {
        copy_to(at_ + 1);
      }
    }
    return std::move(result_);
  }

 private:
  void word() {
    const std::size_t end = end_of(at_, is_token);
    const std::string_view token = text_.substr(at_, end - at_);
    if (names_secret(token) && value_of(token, end)) return;
    if (names_trace(token) && trace_after(end)) return;
    if (is_scheme(token) && credential_after(end)) return;
    if (has_key_prefix(token) || looks_random(token)) {
      mask_to(end_of(at_, [](char c) { return is_token(c) || c == '.' || c == '='; }));
      return;
    }
    copy_to(end);
  }

  // `name: value`, `"name": "value"`, `name=value`, `--name value`: the value goes.
  bool value_of(std::string_view name, std::size_t at) {
    std::size_t value = skip_blanks(skip_quote(at));
    const bool option = name.starts_with("--") && value > at;
    const bool assigned = value < text_.size() && (text_[value] == ':' || text_[value] == '=');
    if (!assigned && !option) return false;
    if (assigned) value = skip_blanks(value + 1);
    if (value >= text_.size() || text_[value] == '\n') return false;
    hide_value(value, names_header(name));
    return true;
  }

  // `trace_id: 32 or 16 hexadecimal digits`, quoted or not: they stay.
  bool trace_after(std::size_t at) {
    std::size_t value = skip_blanks(skip_quote(at));
    if (value >= text_.size() || (text_[value] != ':' && text_[value] != '=')) return false;
    value = skip_quote(skip_blanks(value + 1));
    const std::size_t end = end_of(value, is_token);
    const std::string_view id = text_.substr(value, end - value);
    if ((id.size() != 32 && id.size() != 16) || !std::ranges::all_of(id, is_hexadecimal)) return false;
    copy_to(end);
    return true;
  }

  // A quoted value ends with its quote, a header's with its line, any other with its word.
  void hide_value(std::size_t value, bool header) {
    const char quote = text_[value];
    const bool quoted = quote == '"' || quote == '\'';
    if (quoted) ++value;
    copy_to(value);
    mask_to(end_of(value, [&](char c) {
      if (c == '\n' || c == '\r') return false;
      if (quoted) return c != quote;
      return header ? c != '"' && c != '\'' : !ends_value(c);
    }));
  }

  bool credential_after(std::size_t at) {
    const std::size_t value = skip_blanks(at);
    const std::size_t end = end_of(value, [](char c) { return !ends_value(c); });
    if (value == at || end - value < 8) return false;
    copy_to(value);
    mask_to(end);
    return true;
  }

  // scheme://user:password@host
  void user_info() {
    const std::size_t start = at_ + 3;
    const std::size_t end =
        end_of(start, [](char c) { return c != '/' && c != '@' && c != '?' && !ends_value(c); });
    const std::size_t colon = text_.substr(0, end).find(':', start);
    if (end == text_.size() || text_[end] != '@' || colon == std::string_view::npos) return copy_to(start);
    copy_to(colon + 1);
    mask_to(end);
  }

  template <class Wanted>
  std::size_t end_of(std::size_t at, Wanted wanted) const {
    while (at < text_.size() && wanted(text_[at])) ++at;
    return at;
  }

  std::size_t skip_blanks(std::size_t at) const {
    return end_of(at, [](char c) { return c == ' ' || c == '\t'; });
  }

  std::size_t skip_quote(std::size_t at) const {
    return at < text_.size() && (text_[at] == '"' || text_[at] == '\'') ? at + 1 : at;
  }

  void copy_to(std::size_t end) {
    result_ += text_.substr(at_, end - at_);
    at_ = end;
  }

  void mask_to(std::size_t end) {
    result_ += end > at_ ? kMask : "";
    at_ = end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string result_;
};

}  // namespace

std::string mask_secrets(std::string_view text) {
  return Masker(text).mask();
}

}  // namespace base
