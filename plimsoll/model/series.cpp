#include "plimsoll/model/series.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/model/json_fields.h"

namespace plimsoll::model {
namespace {

using base::ErrorCode;
using base::Json;

constexpr std::size_t kMaxLabels = 8;
constexpr std::size_t kMaxValueBytes = 200;
constexpr std::size_t kMaxNameBytes = 200;

bool is_segment(std::string_view text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z') return false;
  return std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string in_quotes(std::string_view text) {
  return base::dump(Json(base::truncate_utf8(text, 60)));
}

std::unexpected<base::Error> invalid(std::string message, std::string hint = {}) {
  return base::fail(ErrorCode::invalid_argument, std::move(message), std::move(hint));
}

base::Status validate_name(std::string_view name) {
  if (name.size() > kMaxNameBytes)
    return invalid("series name " + in_quotes(name) + " is longer than 200 bytes");
  for (const auto& segment : base::split(name, '.')) {
    if (is_segment(segment)) continue;
    return invalid("series name " + in_quotes(name) + ": " + in_quotes(segment) + " is not a segment",
                   "segments are [a-z][a-z0-9_]*, joined by dots");
  }
  return {};
}

base::Status validate_label(std::string_view key, std::string_view value) {
  if (!is_segment(key))
    return invalid("label " + in_quotes(key) + " is not a segment", "labels are [a-z][a-z0-9_]*");
  if (value.size() > kMaxValueBytes) return invalid("label " + in_quotes(key) + " is longer than 200 bytes");
  if (!base::is_valid_utf8(value)) return invalid("label " + in_quotes(key) + " is not valid UTF-8");
  return {};
}

base::Status validate(const SeriesId& id) {
  BASE_TRY(validate_name(id.name));
  if (id.labels.size() > kMaxLabels) {
    return invalid(id.name + " has " + std::to_string(id.labels.size()) + " labels, at most 8 are allowed");
  }
  for (const auto& [key, value] : id.labels) BASE_TRY(validate_label(key, value));
  return {};
}

// Beyond what the grammar forces (, } " \): what would be lost to an eye, or read as an operator (`=~`) in a
// rule.
bool needs_quotes(std::string_view value) {
  if (value.empty()) return false;
  if (value.front() == ' ' || value.front() == '~' || value.back() == ' ') return true;
  return std::ranges::any_of(value, [](char c) {
    return c == ',' || c == '}' || c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

// Reads `{key=value,…}`.
class LabelReader {
 public:
  explicit LabelReader(std::string_view text) : text_(text) {}

  base::Result<Labels> read() {
    Labels labels;
    position_ = 1;
    if (text_ == "{}") return labels;
    while (true) {
      BASE_ASSIGN(const auto key, read_key());
      BASE_ASSIGN(auto value, read_value());
      if (!labels.emplace(key, std::move(value)).second)
        return invalid("label " + in_quotes(key) + " stands twice");
      if (position_ >= text_.size()) return unclosed();
      const char next = text_[position_++];
      if (next == ',') continue;
      if (next == '}' && position_ == text_.size()) return labels;
      return invalid("expected , or a closing } in " + in_quotes(text_));
    }
  }

 private:
  std::unexpected<base::Error> unclosed() const {
    return invalid("expected a closing } in " + in_quotes(text_));
  }

  base::Result<std::string> read_key() {
    const auto equals = text_.find('=', position_);
    if (equals == std::string_view::npos) return invalid("expected key=value in " + in_quotes(text_));
    std::string key(text_.substr(position_, equals - position_));
    position_ = equals + 1;
    return key;
  }

  base::Result<std::string> read_value() {
    if (position_ < text_.size() && text_[position_] == '"') return read_quoted();
    const auto end = std::min(text_.find_first_of(",}", position_), text_.size());
    std::string value(text_.substr(position_, end - position_));
    position_ = end;
    return value;
  }

  base::Result<std::string> read_quoted() {
    auto end = position_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) return invalid("expected a closing \" in " + in_quotes(text_));
    const auto literal = text_.substr(position_, end + 1 - position_);
    const auto json = base::parse_json(literal, "label");
    if (!json || !json->is_string()) return invalid("expected a JSON string, found " + in_quotes(literal));
    position_ = end + 1;
    return json->get<std::string>();
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

std::string to_string(const SeriesId& id) {
  if (id.labels.empty()) return id.name;
  std::string text = id.name;
  char separator = '{';
  for (const auto& [key, value] : id.labels) {
    text +=
        std::exchange(separator, ',') + key + "=" + (needs_quotes(value) ? base::dump(Json(value)) : value);
  }
  return text + "}";
}

base::Result<SeriesId> parse_series_id(std::string_view text) {
  const auto brace = std::min(text.find('{'), text.size());
  SeriesId id{std::string(text.substr(0, brace)), {}};
  if (brace < text.size()) {
    BASE_ASSIGN(id.labels, LabelReader(text.substr(brace)).read());
  }
  BASE_TRY(validate(id));
  return id;
}

base::Status validate(const Series& series) {
  BASE_TRY(validate(series.id));
  if (series.unit.empty()) return invalid(to_string(series.id) + " has no unit");
  if (series.unit.size() > kMaxValueBytes || !base::is_valid_utf8(series.unit)) {
    return invalid("the unit of " + to_string(series.id) + " is not valid UTF-8 of at most 200 bytes");
  }
  return {};
}

std::string_view to_string(Better better) {
  switch (better) {
    case Better::lower:
      return "lower";
    case Better::higher:
      return "higher";
    case Better::neither:
      return "neither";
  }
  return "neither";
}

base::Result<Better> parse_better(std::string_view text) {
  for (const auto better : {Better::lower, Better::higher, Better::neither}) {
    if (text == to_string(better)) return better;
  }
  return base::fail(ErrorCode::invalid_argument,
                    "expected lower, higher or neither, found " + in_quotes(text));
}

Json to_json(const Series& series) {
  return {{"name", series.id.name},
          {"labels", series.id.labels},
          {"unit", series.unit},
          {"better", to_string(series.better)}};
}

base::Result<Series> series_from_json(const Json& json) {
  BASE_TRY(expect_object(json, "series"));
  Series series;
  BASE_ASSIGN(series.id.name, base::get_string(json, "name"));
  if (const Json* labels = base::find(json, "labels")) {
    BASE_TRY(expect_object(*labels, "labels"));
    for (const auto& [key, value] : labels->items()) {
      BASE_ASSIGN(series.id.labels[key], base::get_string(*labels, key));
    }
  }
  BASE_ASSIGN(series.unit, base::get_string(json, "unit"));
  BASE_ASSIGN(const auto better, string_or(json, "better", "neither"));
  BASE_ASSIGN(series.better, parse_better(better));
  BASE_TRY(validate(series));
  return series;
}

}  // namespace plimsoll::model
