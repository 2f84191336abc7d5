#include "base/json.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace base {
namespace {

// SAX events carry no position, so the input iterator itself tells how far the lexer has read.
class TrackedByte {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TrackedByte(const char* at, const char** seen) : at_(at), seen_(seen) {}
  reference operator*() const { return *at_; }
  TrackedByte& operator++() {
    *seen_ = ++at_;
    return *this;
  }
  TrackedByte operator++(int) {
    TrackedByte before = *this;
    ++*this;
    return before;
  }
  bool operator==(const TrackedByte& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** seen_;
};

Place place_at(std::string_view text, std::string_view source, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  return {std::string(source), static_cast<int>(std::ranges::count(before, '\n')) + 1,
          static_cast<int>(before.size() - line_start) + 1};
}

// Where the string starts whose closing quote is the last byte of `text`: inside it every quote is escaped.
std::size_t opening_quote(std::string_view text) {
  for (std::size_t i = text.size() - 1; i-- > 0;) {
    if (text[i] != '"') continue;
    std::size_t slashes = 0;
    while (slashes < i && text[i - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 0) return i;
  }
  return 0;
}

// nlohmann's "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing
// value - invalid literal; last read: 'x'" without what the place already says.
std::string plain_message(std::string_view what) {
  for (std::string_view mark : {" - ", "] "}) {
    if (const auto at = what.find(mark); at != std::string_view::npos) {
      what.remove_prefix(at + mark.size());
      break;
    }
  }
  return truncate_utf8(printable(what), 300);
}

// How far back a complaint points: a whole token in the wrong place is shown where it starts, a broken one
// where it breaks. nlohmann's text of the token is right only for strings and numbers.
std::size_t misplaced_token_length(std::string_view message, std::string_view token) {
  if (!message.starts_with("unexpected ")) return 1;
  message.remove_prefix(11);
  if (message.starts_with("string literal") || message.starts_with("number literal")) return token.size();
  if (message.starts_with("true literal") || message.starts_with("null literal")) return 4;
  return message.starts_with("false literal") ? 5 : 1;
}

// Builds the document and holds it to the limits while it is read, so that a bomb is refused before it is in
// memory.
class Builder {
 public:
  Builder(std::string_view text, std::string_view source, const JsonLimits& limits)
      : text_(text), source_(source), limits_(limits), seen_(text.data()) {}

  Result<Json> build() {
    const TrackedByte begin(std::to_address(text_.begin()), &seen_);
    const TrackedByte end(std::to_address(text_.end()), &seen_);
    const bool whole = Json::sax_parse(begin, end, this);
    if (error_) return std::unexpected(*std::move(error_));
    if (!whole) return fail(ErrorCode::internal, "the JSON reader stopped without a reason");
    return std::move(root_);
  }

  bool null() { return add(nullptr) != nullptr; }
  bool boolean(bool value) { return add(value) != nullptr; }
  bool number_integer(Json::number_integer_t value) { return add(value) != nullptr; }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value) != nullptr; }
  bool number_float(Json::number_float_t value, const std::string&) { return add(value) != nullptr; }
  bool string(std::string& value) { return add(std::move(value)) != nullptr; }
  bool binary(Json::binary_t& value) { return add(std::move(value)) != nullptr; }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name);
  bool parse_error(std::size_t position, const std::string& token, const Json::exception& error);

 private:
  Json* add(Json value);
  bool open(Json container);
  bool close() {
    open_.pop_back();
    return true;
  }
  bool refuse(ErrorCode code, std::size_t offset, std::string message) {
    error_ = Error{code, std::move(message), {}, place_at(text_, source_, offset)};
    return false;
  }
  std::size_t read_so_far() const { return static_cast<std::size_t>(seen_ - text_.data()); }

  std::string_view text_;
  std::string_view source_;
  const JsonLimits& limits_;
  const char* seen_;
  Json root_;
  std::vector<Json*> open_;  // the path from the root; stable, because only the innermost grows
  Json* member_ = nullptr;   // where the value of the last key goes
  std::optional<Error> error_;
};

Json* Builder::add(Json value) {
  if (open_.empty()) {
    root_ = std::move(value);
    return &root_;
  }
  if (open_.back()->is_array()) {
    auto& items = open_.back()->get_ref<Json::array_t&>();
    items.push_back(std::move(value));
    return &items.back();
  }
  *member_ = std::move(value);
  return member_;
}

bool Builder::open(Json container) {
  if (std::ssize(open_) >= limits_.depth) {
    return refuse(ErrorCode::too_large, read_so_far() - 1,
                  fmt::format("nested deeper than {} levels", limits_.depth));
  }
  open_.push_back(add(std::move(container)));
  return true;
}

bool Builder::key(std::string& name) {
  auto& members = open_.back()->get_ref<Json::object_t&>();
  const auto [at, is_new] = members.try_emplace(name);
  if (!is_new && !limits_.allow_duplicate_keys) {
    return refuse(ErrorCode::corrupt, opening_quote(text_.substr(0, read_so_far())),
                  fmt::format("the key \"{}\" is there twice", truncate_utf8(printable(name), 80)));
  }
  member_ = &at->second;
  return true;
}

bool Builder::parse_error(std::size_t position, const std::string& token, const Json::exception& error) {
  const std::string message = plain_message(error.what());
  const std::size_t end = std::min(position, text_.size() + 1);
  const std::size_t length = std::min(end, misplaced_token_length(message, token));
  return refuse(ErrorCode::corrupt, end - length, message);
}

std::string found(const Json* value) {
  if (value == nullptr) return "nothing";
  if (value->is_object()) return "an object";
  if (value->is_array()) return "a list";
  return truncate_utf8(printable(dump(*value)), 60);
}

std::unexpected<Error> expected(std::string_view key, std::string_view what, const Json* value) {
  return fail(ErrorCode::corrupt, fmt::format("{}: expected {}, found {}", key, what, found(value)));
}

// 2^63 as a double; every smaller whole double fits a long long.
constexpr double above_long_long = 9223372036854775808.0;

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view source, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return std::unexpected(
        Error{ErrorCode::too_large,
              fmt::format("{} bytes of JSON, at most {} are read", text.size(), limits.bytes),
              {},
              Place{std::string(source)}});
  }
  // nlohmann takes a NUL for the end of its input and would not see what follows.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return std::unexpected(
        Error{ErrorCode::corrupt, "a NUL byte in JSON text", {}, place_at(text, source, nul)});
  }
  return Builder(text, source, limits).build();
}

Result<std::string> get_string(const Json& object, std::string_view key) {
  const Json* value = find(object, key);
  if (value == nullptr || !value->is_string()) return expected(key, "a text", value);
  return value->get<std::string>();
}

Result<double> get_number(const Json& object, std::string_view key) {
  const Json* value = find(object, key);
  if (value == nullptr || !value->is_number()) return expected(key, "a number", value);
  const auto number = value->get<double>();
  if (!std::isfinite(number)) return expected(key, "a finite number", value);
  return number;
}

Result<long long> get_integer(const Json& object, std::string_view key) {
  const Json* value = find(object, key);
  if (value == nullptr || !value->is_number()) return expected(key, "a whole number", value);
  if (value->is_number_unsigned()) {
    const auto number = value->get<std::uint64_t>();
    if (std::in_range<long long>(number)) return static_cast<long long>(number);
    return expected(key, "a whole number below 2^63", value);
  }
  if (value->is_number_integer()) return value->get<long long>();
  // 1e3 and 5.0 are whole numbers too; JavaScript and awk write them so.
  const auto number = value->get<double>();
  const bool whole = std::trunc(number) == number && number >= -above_long_long && number < above_long_long;
  if (!whole) return expected(key, "a whole number", value);
  return static_cast<long long>(number);
}

Result<bool> get_bool(const Json& object, std::string_view key) {
  const Json* value = find(object, key);
  if (value == nullptr || !value->is_boolean()) return expected(key, "true or false", value);
  return value->get<bool>();
}

const Json* find(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(key);
  return at == object.end() ? nullptr : &*at;
}

Json number_or_null(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json number_or_null(const std::optional<double>& value) {
  return value ? number_or_null(*value) : Json(nullptr);
}

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string dump(const OrderedJson& json, int indent) {
  return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace base
