#include "apps/memory_api/api/json_body.h"

#include <cmath>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace memory_api::api {
namespace {

using base::ErrorCode;
using base::Result;

constexpr int max_body_depth = 64;
constexpr std::size_t max_body_bytes = 16u << 20;
constexpr std::size_t max_body_values = 250'000;  // a parsed value takes many times the room of its text

std::string describe(const Json* json) {
  if (!json) return "nothing";
  if (json->is_structured()) return json->is_array() ? "a list" : "an object";
  return base::truncate_utf8(base::dump(*json), 80);
}

// Counted before parsing: every value but the first follows a comma or an opening bracket.
bool has_too_many_values(std::string_view text) {
  if (text.size() <= max_body_values) return false;
  std::size_t values = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == ',' || c == '[' || c == '{') {
      ++values;
    }
  }
  return values > max_body_values;
}

}  // namespace

base::Error wrong_member(std::string_view key, std::string_view expected, const Json* found) {
  return {.code = ErrorCode::invalid_argument,
          .message = fmt::format("{}: expected {}, found {}", key, expected, describe(found))};
}

bool has_foreign_content_type(const net::Request& request) {
  const std::string* header = net::find_header(request.headers, "content-type");
  if (!header || request.body.empty()) return false;
  const std::string type =
      base::to_lower_ascii(base::trim(std::string_view(*header).substr(0, header->find(';'))));
  return type != "application/json" && !(type.starts_with("application/") && type.ends_with("+json"));
}

Result<Json> read_object(const net::Request& request) {
  if (has_too_many_values(request.body)) {
    return base::fail(ErrorCode::invalid_argument,
                      fmt::format("body: more than {} values are not read at once", max_body_values));
  }
  auto json = base::parse_json(request.body, "body", {.bytes = max_body_bytes, .depth = max_body_depth});
  if (!json) {
    return base::fail(ErrorCode::invalid_argument, base::to_string(json.error()));
  }
  if (!json->is_object()) return std::unexpected(wrong_member("body", "a JSON object", &*json));
  return json;
}

const Json* member(const Json& object, std::string_view key) {
  const Json* found = base::find(object, key);
  return found && !found->is_null() ? found : nullptr;
}

Result<std::optional<std::string>> optional_text(const Json& object, std::string_view key) {
  const Json* found = member(object, key);
  if (!found) return std::nullopt;
  if (!found->is_string()) return std::unexpected(wrong_member(key, "a text", found));
  return found->get<std::string>();
}

Result<std::string> required_text(const Json& object, std::string_view key) {
  BASE_ASSIGN(std::optional<std::string> text, optional_text(object, key));
  if (!text) return std::unexpected(wrong_member(key, "a text", nullptr));
  return *std::move(text);
}

Result<bool> optional_bool(const Json& object, std::string_view key, bool otherwise) {
  const Json* found = member(object, key);
  if (!found) return otherwise;
  if (!found->is_boolean()) return std::unexpected(wrong_member(key, "true or false", found));
  return found->get<bool>();
}

Result<std::size_t> optional_count(const Json& object, std::string_view key, std::size_t otherwise,
                                   std::size_t most) {
  const Json* found = member(object, key);
  if (!found) return otherwise;
  const double count = found->is_number() ? found->get<double>() : 0;  // 5.0 is a whole number too
  if (!(count >= 1 && count <= static_cast<double>(most)) || std::trunc(count) != count) {
    return std::unexpected(wrong_member(key, fmt::format("a whole number from 1 to {}", most), found));
  }
  return static_cast<std::size_t>(count);
}

Result<double> optional_share(const Json& object, std::string_view key, double otherwise) {
  const Json* found = member(object, key);
  if (!found) return otherwise;
  if (!found->is_number() || !(found->get<double>() >= 0 && found->get<double>() <= 1)) {
    return std::unexpected(wrong_member(key, "a number from 0 to 1", found));
  }
  return found->get<double>();
}

Result<std::vector<std::string>> optional_texts(const Json& object, std::string_view key) {
  std::vector<std::string> texts;
  const Json* found = member(object, key);
  if (!found) return texts;
  if (!found->is_array()) return std::unexpected(wrong_member(key, "a list of texts", found));
  for (const Json& item : *found) {
    if (!item.is_string() || item.get_ref<const std::string&>().empty()) {
      return std::unexpected(wrong_member(key, "a list of texts that are not empty, in it", &item));
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

}  // namespace memory_api::api
