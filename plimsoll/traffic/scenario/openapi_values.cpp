#include "plimsoll/traffic/scenario/openapi_values.h"

#include <cmath>

#include <fmt/format.h>

#include "base/json_reference.h"
#include "plimsoll/traffic/scenario/written_scenario.h"

namespace plimsoll::traffic {
namespace {

using base::Json;
using base::member;

constexpr int deepest = 6;
constexpr std::size_t most_members = 50;

Json made(std::string text) {
  return written::generated + std::move(text);
}

// What the document itself shows: `example`, the first of `examples`, `default`, `const`, the first of
// `enum`.
const Json* shown(const Json& document, const Json& holder) {
  if (const Json* example = base::find(holder, "example")) return example;
  if (const Json& examples = member(holder, "examples"); !examples.empty()) {
    if (examples.is_array()) return &examples.front();
    const Json& first = base::resolve_reference(document, examples.begin().value());
    if (const Json* value = base::find(first, "value")) return value;
  }
  for (const char* key : {"default", "const"}) {
    if (const Json* value = base::find(holder, key); value != nullptr && !value->is_null()) return value;
  }
  const Json& choices = member(holder, "enum");
  return choices.is_array() && !choices.empty() ? &choices.front() : nullptr;
}

// OpenAPI 3.1 has lists of types, with "null" among them.
std::string type_of(const Json& schema) {
  const Json& type = member(schema, "type");
  if (type.is_string()) return type.get<std::string>();
  if (type.is_array()) {
    for (const Json& one : type) {
      if (one.is_string() && one != "null") return one.get<std::string>();
    }
  }
  if (schema.is_object() && schema.contains("properties")) return "object";
  return schema.is_object() && schema.contains("items") ? "array" : "";
}

double number_or(const Json& schema, const char* key, double otherwise) {
  const Json& value = member(schema, key);
  const bool sane = value.is_number() && std::abs(value.get<double>()) < 1e15;
  return sane ? value.get<double>() : otherwise;
}

Json text_value(const Json& schema) {
  const std::string format = base::text_member(schema, "format");
  if (format == "uuid") return made("$(uuid)");
  if (format == "date-time") return made("$(time)");
  if (format == "date") return "2026-01-31";
  if (format == "email") return made("user-$(seq)@example.com");
  if (format == "uri" || format == "url") return "http://example.com/";
  if (format == "ipv4") return "127.0.0.1";
  std::string text = "text";
  const double least = number_or(schema, "minLength", 0);
  while (static_cast<double>(text.size()) < std::min(least, 200.0)) text += 'x';
  const double most = number_or(schema, "maxLength", 1e9);
  if (most >= 0 && most < static_cast<double>(text.size())) text.resize(static_cast<std::size_t>(most));
  return text;
}

Json integer_value(const Json& schema) {
  const double least = std::ceil(number_or(schema, "minimum", 1));
  const double most = std::floor(number_or(schema, "maximum", least + 99));
  if (most <= least) return static_cast<long long>(least);
  return made(
      fmt::format("$(random_int {} {})", static_cast<long long>(least), static_cast<long long>(most)));
}

class Maker {
 public:
  explicit Maker(const Json& document) : document_(document) {}

  Json value(const Json& reference, int depth) {
    const Json& schema = base::resolve_reference(document_, reference);
    if (!schema.is_object() || depth > deepest) return nullptr;
    if (const Json* example = shown(document_, schema)) return *example;
    if (member(schema, "allOf").is_array()) return merged(schema, depth);
    for (const char* key : {"oneOf", "anyOf"}) {
      if (const Json& choices = member(schema, key); choices.is_array() && !choices.empty())
        return first_choice(choices, depth);
    }
    return by_type(schema, depth);
  }

 private:
  Json first_choice(const Json& choices, int depth) {
    for (const Json& choice : choices) {
      Json made_value = value(choice, depth + 1);
      if (!made_value.is_null()) return made_value;
    }
    return nullptr;
  }

  Json merged(const Json& schema, int depth) {
    Json all = by_type(schema, depth);
    for (const Json& part : member(schema, "allOf")) {
      Json one = value(part, depth + 1);
      if (all.is_object() && one.is_object()) {
        all.update(one);
      } else if (!one.is_null()) {
        all = std::move(one);
      }
    }
    return all;
  }

  Json by_type(const Json& schema, int depth) {
    const std::string type = type_of(schema);
    if (type == "string") return text_value(schema);
    if (type == "integer") return integer_value(schema);
    if (type == "number") return number_or(schema, "minimum", 1.5);
    if (type == "boolean") return true;
    if (type == "array") return array(schema, depth);
    return type == "object" ? object(schema, depth) : Json();
  }

  Json array(const Json& schema, int depth) {
    Json list = Json::array();
    if (Json item = value(member(schema, "items"), depth + 1); !item.is_null())
      list.push_back(std::move(item));
    return list;
  }

  Json object(const Json& schema, int depth) {
    Json members = Json::object();
    const Json& properties = member(schema, "properties");
    if (!properties.is_object()) return members;
    for (const auto& [name, property] : properties.items()) {
      if (members.size() == most_members) break;
      if (member(base::resolve_reference(document_, property), "readOnly") == Json(true)) continue;
      if (Json one = value(property, depth + 1); !one.is_null()) members[name] = std::move(one);
    }
    return members;
  }

  const Json& document_;
};

}  // namespace

nlohmann::json value_of_schema(const nlohmann::json& document, const nlohmann::json& schema) {
  return Maker(document).value(schema, 0);
}

nlohmann::json example_of(const nlohmann::json& document, const nlohmann::json& holder) {
  if (const Json* example = shown(document, holder)) return *example;
  // Swagger 2 parameters are their own schema.
  return value_of_schema(document, holder.contains("schema") ? holder["schema"] : holder);
}

}  // namespace plimsoll::traffic
