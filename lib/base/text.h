// Small text helpers that the standard library lacks. All on bytes unless said otherwise; all thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace base {

std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string to_lower_ascii(std::string_view text);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// Whole-string numbers; nothing where the text is not exactly one finite number. Locale-independent.
std::optional<double> parse_double(std::string_view text);
std::optional<long long> parse_integer(std::string_view text);

// The shortest text that reads back as the same double; "null" where it is not finite.
std::string shortest_double(double value);

// Well-formed UTF-8 after RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);

// Cuts to at most `bytes`, never inside a UTF-8 sequence; ends in "…" (three of the bytes) where something
// was cut.
std::string truncate_utf8(std::string_view text, std::size_t bytes);

// What may be printed to a terminal or log: control characters, escape sequences, invalid UTF-8 and the
// Unicode direction marks (U+200E, U+200F, U+202A–U+202E, U+2066–U+2069, U+061C) become visible escapes like
// \x1b or \u202e. Newlines are kept where `keep_newlines`.
std::string printable(std::string_view text, bool keep_newlines = false);

// The candidate nearest to `word` by Damerau–Levenshtein distance, if near enough to be a likely slip of the
// pen.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// Splits a command line into words as a POSIX shell quotes (', ", \); no expansion of any kind.
// An unclosed quote or a trailing backslash is invalid_argument.
Result<std::vector<std::string>> split_shell_words(std::string_view text);

// Hides what looks like a secret (authorization headers, key=value of secret-like keys, long tokens) with
// "***".
std::string mask_secrets(std::string_view text);

}  // namespace base
