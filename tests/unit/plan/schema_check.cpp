#include "schema_check.h"

#include <algorithm>
#include <functional>
#include <map>
#include <regex>

#include "base/json.h"

namespace plimsoll::plan {
namespace {

using base::Json;

bool has_type(const Json& value, const std::string& type) {
  if (type == "number") return value.is_number();
  if (type == "integer") return value.is_number_integer();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  return type == "boolean" && value.is_boolean();
}

bool type_holds(const Json& value, const Json& wanted) {
  if (wanted.is_string()) return has_type(value, wanted);
  return std::ranges::any_of(wanted, [&](const Json& type) { return has_type(value, type); });
}

bool pattern_holds(const Json& value, const Json& pattern) {
  return !value.is_string() ||
         std::regex_search(value.get<std::string>(), std::regex(pattern.get<std::string>()));
}

bool required_holds(const Json& value, const Json& keys) {
  return std::ranges::all_of(keys, [&](const Json& key) { return value.contains(key.get<std::string>()); });
}

std::string check_properties(const Json& value, const Json& schema, const Json& root,
                             const std::string& path) {
  if (!value.is_object()) return "";
  const Json none = Json::object();
  const Json& properties = schema.contains("properties") ? schema["properties"] : none;
  for (const auto& [key, member] : value.items()) {
    const auto at = path + "/" + key;
    const Json others = schema.value("additionalProperties", Json(true));
    if (!properties.contains(key) && others == Json(false)) return at + ": unknown";
    const Json& member_schema = properties.contains(key) ? properties[key] : others;
    if (!member_schema.is_object()) continue;
    if (auto found = schema_violation(member, member_schema, root, at); !found.empty()) return found;
  }
  return "";
}

std::string check_items(const Json& value, const Json& items, const Json& root, const std::string& path) {
  if (!value.is_array()) return "";
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto found = schema_violation(value[i], items, root, path + "/" + std::to_string(i));
    if (!found.empty()) return found;
  }
  return "";
}

bool any_holds(const Json& value, const Json& choices, const Json& root, const std::string& path) {
  return std::ranges::any_of(
      choices, [&](const Json& choice) { return schema_violation(value, choice, root, path).empty(); });
}

using Keyword = std::function<bool(const Json& value, const Json& argument)>;

const std::map<std::string, Keyword>& simple_keywords() {
  static const std::map<std::string, Keyword> keywords = {
      {"type", type_holds},
      {"pattern", pattern_holds},
      {"required", required_holds},
      {"enum", [](const Json& v, const Json& all) { return std::ranges::find(all, v) != all.end(); }},
      {"minimum", [](const Json& v, const Json& least) { return !v.is_number() || v >= least; }},
      {"exclusiveMinimum", [](const Json& v, const Json& least) { return !v.is_number() || v > least; }}};
  return keywords;
}

bool is_annotation(const std::string& key) {
  return key == "description" || key == "default" || key == "title" || key == "$schema" || key == "$defs";
}

}  // namespace

std::string schema_violation(const Json& value, const Json& schema, const Json& root,
                             const std::string& path) {
  for (const auto& [key, argument] : schema.items()) {
    std::string found;
    if (const auto simple = simple_keywords().find(key); simple != simple_keywords().end()) {
      if (!simple->second(value, argument)) found = path + ": " + key;
    } else if (key == "$ref") {
      const Json::json_pointer target(argument.get<std::string>().substr(1));
      found = schema_violation(value, root.at(target), root, path);
    } else if (key == "anyOf") {
      if (!any_holds(value, argument, root, path)) found = path + ": anyOf";
    } else if (key == "items") {
      found = check_items(value, argument, root, path);
    } else if (key == "properties") {
      found = check_properties(value, schema, root, path);
    } else if (key == "additionalProperties") {
      if (!schema.contains("properties")) found = check_properties(value, schema, root, path);
    } else if (!is_annotation(key)) {
      found = path + ": the checker does not know " + key;
    }
    if (!found.empty()) return found;
  }
  return "";
}

}  // namespace plimsoll::plan
