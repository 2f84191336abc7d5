#include "base/json_reference.h"

#include "base/text.h"

namespace base {
namespace {

constexpr int longest_chain = 16;

Json scalar(const yaml::Node& node) {
  if (node.quoted) return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (parse_double(node.text) && Json::accept(node.text)) return Json::parse(node.text);
  return node.text;
}

// "~1" is "/", "~0" is "~" (RFC 6901).
std::string unescape(const std::string& token) {
  return replace_all(replace_all(token, "~1", "/"), "~0", "~");
}

const Json& at_pointer(const Json& document, std::string_view pointer) {
  const Json* at = &document;
  for (const std::string& token : split(pointer, '/')) at = &member(*at, unescape(token));
  return *at;
}

}  // namespace

Json to_json(const yaml::Node& node) {
  if (node.is_scalar()) return scalar(node);
  if (node.is_null()) return nullptr;
  Json json = node.is_map() ? Json::object() : Json::array();
  for (const yaml::Node& item : node.items) json.push_back(to_json(item));
  for (const yaml::Entry& entry : node.entries) json[entry.key] = to_json(entry.value);
  return json;
}

const Json& resolve_reference(const Json& document, const Json& value) {
  const Json* at = &value;
  for (int link = 0; link < longest_chain; ++link) {
    const Json& target = member(*at, "$ref");
    if (!target.is_string()) return *at;
    const std::string& pointer = target.get_ref<const std::string&>();
    if (!pointer.starts_with("#/")) return member(Json(), "");
    at = &at_pointer(document, std::string_view(pointer).substr(2));
  }
  return member(Json(), "");
}

const Json& member(const Json& json, std::string_view key) {
  static const Json nothing;
  const Json* found = find(json, key);
  return found == nullptr ? nothing : *found;
}

std::string text_member(const Json& json, std::string_view key) {
  const Json& value = member(json, key);
  return value.is_string() ? value.get<std::string>() : "";
}

}  // namespace base
