#include "plimsoll/plan/fields.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace plimsoll::plan {
namespace {

using base::Json;
using base::Result;
using base::yaml::Node;

Result<Json> read_field(const Node& node, const Field& field, const FieldContext& context);

Result<Json> read_object_list(const Node& node, const Field& field, const FieldContext& context) {
  if (!node.is_sequence()) {
    return base::fail_at(node.place, fmt::format("{}: expected {}, found {}", field.key,
                                                 expectation(field.type), base::yaml::describe(node)));
  }
  Json list = Json::array();
  for (const auto& item : node.items) {
    BASE_ASSIGN(auto value, read_fields(item, field.fields, field.key, context));
    list.push_back(std::move(value));
  }
  return list;
}

Result<Json> read_field(const Node& node, const Field& field, const FieldContext& context) {
  if (field.read_map && node.is_map()) {
    BASE_ASSIGN(auto value, field.read_map(node));
    return Json(std::move(value));
  }
  switch (field.type) {
    case FieldType::object:
      return read_fields(node, field.fields, field.key, context);
    case FieldType::object_list:
      return read_object_list(node, field, context);
    case FieldType::any:
      if (!node.is_null()) return read_any(node, context);
      return base::fail_at(node.place, fmt::format("{}: expected a value, found nothing", field.key));
    default:
      return read_scalar(node, field, context);
  }
}

// A default that does not read is a defect of the table.
Result<Json> read_default(const Field& field, const FieldContext& context) {
  auto node = base::yaml::parse(field.default_text, "default");
  auto value = node ? read_field(*node, field, context) : Result<Json>(std::unexpected(node.error()));
  if (value) return value;
  return base::fail(base::ErrorCode::internal,
                    fmt::format("the default of {} does not read: {}", field.key, value.error().message));
}

base::Status add_field(const Node& map, const Field& field, std::string_view what,
                       const FieldContext& context, Json& result) {
  if (const Node* value = map.find(field.key)) {
    BASE_ASSIGN(result[field.key], read_field(*value, field, context));
  } else if (field.required) {
    return base::fail_at(map.place, fmt::format("{}: the key \"{}\" is missing", what, field.key),
                         field.description);
  } else if (!field.default_text.empty()) {
    BASE_ASSIGN(result[field.key], read_default(field, context));
  }
  return {};
}

}  // namespace

std::string key_hint(std::string_view word, std::span<const std::string> known) {
  if (const auto near = base::nearest(word, known)) return fmt::format("did you mean {}?", *near);
  return known.empty() ? "" : fmt::format("there are {}", base::join(known, ", "));
}

base::Status check_keys(const Node& map, std::span<const Field> fields, std::string_view what) {
  std::vector<std::string> known;
  for (const auto& field : fields) known.push_back(field.key);
  for (const auto& entry : map.entries) {
    if (std::ranges::find(known, entry.key) != known.end()) continue;
    const auto shown = base::printable(base::truncate_utf8(entry.key, 60));
    return base::fail_at(entry.key_place, fmt::format("{}: unknown key \"{}\"", what, shown),
                         key_hint(entry.key, known));
  }
  return {};
}

Result<Json> read_fields(const Node& map, std::span<const Field> fields, std::string_view what,
                         const FieldContext& context) {
  if (!map.is_map()) {
    return base::fail_at(
        map.place, fmt::format("{}: expected a map of keys, found {}", what, base::yaml::describe(map)));
  }
  BASE_TRY(check_keys(map, fields, what));
  Json result = Json::object();
  for (const auto& field : fields) BASE_TRY(add_field(map, field, what, context, result));
  return result;
}

}  // namespace plimsoll::plan
