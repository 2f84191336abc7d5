#include "plimsoll/plan/scalars.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/plan/check_url.h"
#include "plimsoll/plan/placeholders.h"
#include "plimsoll/plan/read_plan.h"

namespace plimsoll::plan {
namespace {

using base::Json;
using base::Result;
using base::yaml::Node;

std::unexpected<base::Error> wrong(const Node& node, const Field& field, std::string hint = {}) {
  return base::fail_at(node.place,
                       fmt::format("{}: expected {}, found {}", field.key, expectation(field.type),
                                   base::yaml::describe(node)),
                       std::move(hint));
}

// An error of a part that knows no place.
std::unexpected<base::Error> at(const Node& node, const Field& field, const base::Error& error) {
  return base::fail_at(node.place, fmt::format("{}: {}", field.key, error.message), error.hint);
}

Result<std::string> read_text(const Node& node, const Field& field, const FieldContext& context) {
  if (!node.is_scalar() || node.text.empty()) return wrong(node, field);
  const auto literal = literal_text(node.text);
  if (!literal) return at(node, field, literal.error());
  if (context.braces == Braces::placeholders) return node.text;
  if (literal->has_value()) return **literal;
  return base::fail_at(node.place, fmt::format("{}: placeholders are not known here", field.key),
                       "a brace that means itself is written {{");
}

Result<Json> read_one_of(const Node& node, const Field& field, const FieldContext& context) {
  BASE_ASSIGN(auto text, read_text(node, field, context));
  const bool known = field.one_of.empty() || std::ranges::find(field.one_of, text) != field.one_of.end();
  if (known) return Json(std::move(text));
  const auto near = base::nearest(text, field.one_of);
  return base::fail_at(node.place,
                       fmt::format("{}: expected {}, found \"{}\"", field.key, base::join(field.one_of, ", "),
                                   base::printable(base::truncate_utf8(text, 60))),
                       near ? fmt::format("did you mean {}?", *near) : "");
}

Result<Json> read_integer(const Node& node, const Field& field) {
  const auto number = node.is_scalar() && !node.quoted ? base::parse_integer(node.text) : std::nullopt;
  if (!number || *number < 0) return wrong(node, field);
  return Json(*number);
}

Result<Json> read_number(const Node& node, const Field& field) {
  const auto number = node.is_scalar() && !node.quoted ? base::parse_double(node.text) : std::nullopt;
  if (!number || (field.type == FieldType::rate && *number <= 0)) return wrong(node, field);
  return Json(*number);
}

Result<Json> read_boolean(const Node& node, const Field& field) {
  if (!node.is_scalar() || node.quoted) return wrong(node, field);
  if (node.text == "true") return Json(true);
  if (node.text == "false") return Json(false);
  return wrong(node, field);
}

Result<Json> read_duration(const Node& node, const Field& field) {
  if (!node.is_scalar()) return wrong(node, field);
  const auto duration = base::parse_duration(node.text);
  if (duration) return Json(std::chrono::duration<double>(*duration).count());
  const bool bare = base::parse_double(node.text).has_value();
  return wrong(node, field, bare ? "add the unit: ns, us, ms, s, m, h or d, and a duration is above 0" : "");
}

Result<Json> read_size(const Node& node, const Field& field) {
  if (!node.is_scalar()) return wrong(node, field);
  const auto size = base::parse_size(node.text);
  if (!size) return wrong(node, field);
  return Json(*size);
}

Result<Json> read_url(const Node& node, const Field& field, const FieldContext& context) {
  BASE_ASSIGN(auto text, read_text(node, field, context));
  if (const auto good = check_url(text); !good) return at(node, field, good.error());
  return Json(std::move(text));
}

// The files under a counted path, in the order of the plan, are part of how its probe measures.
base::Status count_content(const std::filesystem::path& file, const Node& node, const Field& field,
                           const FieldContext& context) {
  if (!field.content_counts || context.counted_content == nullptr) return {};
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return {};
  const auto content = base::read_file(file);
  if (!content) return at(node, field, content.error());
  *context.counted_content += base::hex64(base::xxh3_64(*content));
  return {};
}

Result<Json> read_path(const Node& node, const Field& field, const FieldContext& context) {
  BASE_ASSIGN(auto text, read_text(node, field, context));
  BASE_ASSIGN(const auto literal, literal_text(text));
  if (!literal) return Json(std::move(text));  // only the run knows it
  const auto file = context.root / *literal;
  std::error_code error;
  if (literal->contains('\0') || !std::filesystem::exists(file, error)) {
    return base::fail_at(node.place,
                         fmt::format("{}: there is no file \"{}\"", field.key, base::printable(*literal)),
                         "paths are relative to the folder of the plan");
  }
  BASE_TRY(count_content(file, node, field, context));
  return Json(std::move(text));
}

Result<Json> read_text_list(const Node& node, const Field& field, const FieldContext& context) {
  if (!node.is_sequence()) return wrong(node, field, "as in [a, b]");
  Json list = Json::array();
  for (const auto& item : node.items) {
    Field text = field;
    text.type = FieldType::text;
    BASE_ASSIGN(auto value, read_one_of(item, text, context));
    list.push_back(std::move(value));
  }
  return list;
}

Result<Json> read_text_map(const Node& node, const Field& field, const FieldContext& context) {
  if (!node.is_map()) return wrong(node, field, "as in {NAME: text}");
  Json map = Json::object();
  for (const auto& [key, place, value] : node.entries) {
    if (value.is_scalar() && value.quoted && value.text.empty()) {
      map[key] = "";
      continue;
    }
    BASE_ASSIGN(map[key], read_text(value, {.key = field.key + "." + key, .type = FieldType::text}, context));
  }
  return map;
}

// A text is split as a shell quotes; a list holds the words as they are.
Result<Json> read_command(const Node& node, const Field& field, const FieldContext& context) {
  if (node.is_sequence() && !node.items.empty()) return read_text_list(node, field, context);
  if (!node.is_scalar()) return wrong(node, field);
  BASE_ASSIGN(const auto text, read_text(node, field, context));
  const auto words = base::split_shell_words(text);
  if (!words) return at(node, field, words.error());
  if (words->empty()) return wrong(node, field);
  for (const auto& word : *words) {
    if (const auto good = check_placeholders(word); !good) {
      return base::fail_at(node.place, fmt::format("{}: {}", field.key, good.error().message),
                           "put a placeholder that holds spaces into quotes");
    }
  }
  return Json(*words);
}

Json typed(const Node& node) {
  if (node.quoted) return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (const auto number = base::parse_integer(node.text)) return *number;
  if (const auto number = base::parse_double(node.text)) return *number;
  return node.text;
}

}  // namespace

Result<Json> read_scalar(const Node& node, const Field& field, const FieldContext& context) {
  switch (field.type) {
    case FieldType::text:
      return read_one_of(node, field, context);
    case FieldType::integer:
      return read_integer(node, field);
    case FieldType::number:
    case FieldType::rate:
      return read_number(node, field);
    case FieldType::boolean:
      return read_boolean(node, field);
    case FieldType::duration:
      return read_duration(node, field);
    case FieldType::size:
      return read_size(node, field);
    case FieldType::url:
      return read_url(node, field, context);
    case FieldType::path:
      return read_path(node, field, context);
    case FieldType::text_list:
      return read_text_list(node, field, context);
    case FieldType::text_map:
      return read_text_map(node, field, context);
    case FieldType::command:
      return read_command(node, field, context);
    case FieldType::object:
    case FieldType::object_list:
    case FieldType::any:
      break;
  }
  return base::fail(base::ErrorCode::internal, fmt::format("{} is no scalar", field.key));
}

Result<std::string> read_text_value(const Node& node, std::string_view key, const FieldContext& context) {
  return read_text(node, {.key = std::string(key), .type = FieldType::text}, context);
}

Result<Json> read_any(const Node& node, const FieldContext& context) {
  if (node.is_null()) return Json(nullptr);
  if (node.is_scalar()) {
    const auto good = check_placeholders(node.text);
    if (!good) return base::fail_at(node.place, good.error().message, good.error().hint);
    return typed(node);
  }
  Json result = node.is_map() ? Json::object() : Json::array();
  for (const auto& item : node.items) {
    BASE_ASSIGN(auto value, read_any(item, context));
    result.push_back(std::move(value));
  }
  for (const auto& entry : node.entries) {
    BASE_ASSIGN(result[entry.key], read_any(entry.value, context));
  }
  return result;
}

std::string_view expectation(FieldType type) {
  switch (type) {
    case FieldType::text:
      return "a text";
    case FieldType::integer:
      return "a whole number from 0";
    case FieldType::number:
      return "a number";
    case FieldType::boolean:
      return "true or false";
    case FieldType::duration:
      return "a duration above 0 with its unit, like 30s";
    case FieldType::size:
      return "a size, like 64MiB";
    case FieldType::rate:
      return "a number above 0 (per second)";
    case FieldType::url:
      return "a URL with http:// or https://";
    case FieldType::path:
      return "the path of a file";
    case FieldType::text_list:
      return "a list of texts";
    case FieldType::text_map:
      return "a map of texts";
    case FieldType::command:
      return "a command";
    case FieldType::object:
      return "a map";
    case FieldType::object_list:
      return "a list of maps";
    case FieldType::any:
      return "a value";
  }
  return "a value";
}

}  // namespace plimsoll::plan
