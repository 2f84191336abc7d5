#include "plimsoll/formats/content.h"

#include "base/json.h"
#include "base/text.h"

namespace plimsoll::formats {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t longest_first_line = std::size_t{1} << 20;

std::string_view special_number_at(std::string_view text) {
  for (const std::string_view word : {"-Infinity", "Infinity", "-NaN", "NaN", "-nan", "nan", "-inf", "inf"}) {
    if (text.starts_with(word)) return word;
  }
  return {};
}

// The text with null where a number stands that JSON does not have; strings are left alone.
std::string without_special_numbers(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\' && i + 1 < text.size()) {
      result += c;
      result += text[++i];
      continue;
    }
    if (c == '"') in_string = !in_string;
    const std::string_view word = in_string ? std::string_view{} : special_number_at(text.substr(i));
    result += word.empty() ? std::string_view(&text[i], 1) : std::string_view("null");
    i += word.empty() ? 0 : word.size() - 1;
  }
  return result;
}

char first_character(std::string_view text) {
  const std::string_view trimmed = base::trim(text.substr(0, 4096));
  return trimmed.empty() ? '\0' : trimmed.front();
}

}  // namespace

Content::Content(std::string_view text, std::string_view source)
    : text_(text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text),
      source_(source) {}

Content::~Content() = default;

bool Content::looks_like_json() const {
  const char first = first_character(text_);
  return first == '{' || first == '[';
}

bool Content::looks_like_xml() const {
  return first_character(text_) == '<';
}

const nlohmann::json* Content::json() const {
  parse_once();
  return json_.get();
}

const base::Error& Content::json_error() const {
  parse_once();
  return *json_error_;
}

const base::Json* Content::first_line() const {
  if (!first_line_) {
    const std::string_view text = looks_like_json() ? text_.substr(text_.find_first_of("{[")) : "";
    auto parsed = base::parse_json(text.substr(0, text.find('\n')), source_, {.bytes = longest_first_line});
    first_line_ = parsed ? std::make_unique<const base::Json>(*std::move(parsed)) : nullptr;
  }
  return first_line_->get();
}

base::Error Content::wrong_at(int line, int column, std::string message) const {
  base::Error error = wrong(std::move(message));
  error.place = base::Place{source_, line, column};
  return error;
}

base::Error Content::wrong(std::string message) const {
  return {.code = base::ErrorCode::corrupt, .message = std::move(message), .place = base::Place{source_}};
}

void Content::parse_once() const {
  if (json_ || json_error_) return;
  // A counter may have the name of one of Google Benchmark's own fields; the last one counts, as in most
  // readers.
  const base::JsonLimits limits{.allow_duplicate_keys = true};
  auto parsed = base::parse_json(text_, source_, limits);
  if (!parsed && looks_like_json()) {
    if (auto again = base::parse_json(without_special_numbers(text_), source_, limits)) parsed = *again;
  }
  if (parsed) {
    json_ = std::make_unique<const nlohmann::json>(*std::move(parsed));
  } else {
    json_error_ = parsed.error();
  }
}

}  // namespace plimsoll::formats
