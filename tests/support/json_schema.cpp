#include "tests/support/json_schema.h"

#include <algorithm>
#include <array>

#include "base/file.h"

namespace plimsoll::testing {
namespace {

using base::Json;

constexpr std::string_view ending = ".schema.json";
constexpr std::array annotations = {"$schema", "$id", "title", "description", "$defs"};
constexpr std::array keywords = {"type",    "properties", "required", "additionalProperties",
                                 "items",   "enum",       "const",    "minimum",
                                 "maximum", "anyOf",      "oneOf",    "$ref"};

bool holds(const auto& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_of_type(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_number_integer();
  return type == "number" && value.is_number();
}

}  // namespace

// One document against one schema. `file` is where a reference without a file points.
class SchemaCheck {
 public:
  explicit SchemaCheck(const SchemaFolder& folder) : folder_(folder) {}

  void check(const Json& value, const Json& schema, const std::string& file, const std::string& at) {
    if (!schema.is_object()) return wrong(at, "the schema is no object");
    for (const auto& [word, rule] : schema.items()) {
      if (!holds(annotations, word) && !holds(keywords, word)) wrong(at, "unknown keyword " + word);
    }
    check_reference(value, schema, file, at);
    check_scalar(value, schema, at);
    if (value.is_object()) check_object(value, schema, file, at);
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i)
        check(value[i], schema["items"], file, at + "/" + std::to_string(i));
    }
    check_choices(value, schema, file, at);
  }

  std::vector<std::string> take() { return std::move(problems_); }

 private:
  void wrong(const std::string& at, const std::string& what) {
    problems_.push_back((at.empty() ? "/" : at) + ": " + what);
  }

  void check_reference(const Json& value, const Json& schema, const std::string& file,
                       const std::string& at) {
    if (!schema.contains("$ref")) return;
    const auto target = schema["$ref"].get<std::string>();
    const std::size_t hash = target.find('#');
    const std::string name = hash == 0 ? file : target.substr(0, hash);
    const auto found = folder_.files_.find(name);
    const Json::json_pointer pointer(hash == std::string::npos ? "" : target.substr(hash + 1));
    if (found == folder_.files_.end() || !found->second.contains(pointer))
      return wrong(at, "the schema refers to " + target + ", which is not there");
    check(value, found->second.at(pointer), name, at);
  }

  void check_scalar(const Json& value, const Json& schema, const std::string& at) {
    if (schema.contains("type")) {
      const Json types = schema["type"].is_array() ? schema["type"] : Json::array({schema["type"]});
      if (std::ranges::none_of(types,
                               [&](const Json& type) { return is_of_type(value, type.get<std::string>()); }))
        wrong(at, "expected " + base::dump(schema["type"]) + ", found " + base::dump(value).substr(0, 80));
    }
    if (schema.contains("const") && value != schema["const"])
      wrong(at, "expected " + base::dump(schema["const"]) + ", found " + base::dump(value).substr(0, 80));
    if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end())
      wrong(at,
            "expected one of " + base::dump(schema["enum"]) + ", found " + base::dump(value).substr(0, 80));
    if (!value.is_number()) return;
    if (schema.contains("minimum") && value < schema["minimum"])
      wrong(at, base::dump(value) + " is too small");
    if (schema.contains("maximum") && value > schema["maximum"])
      wrong(at, base::dump(value) + " is too large");
  }

  void check_object(const Json& value, const Json& schema, const std::string& file, const std::string& at) {
    for (const Json& key : schema.value("required", Json::array())) {
      if (!value.contains(key.get<std::string>())) wrong(at, key.get<std::string>() + " is missing");
    }
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [key, member] : value.items()) {
      if (properties.contains(key)) {
        check(member, properties[key], file, at + "/" + key);
      } else if (schema.contains("additionalProperties")) {
        const Json& others = schema["additionalProperties"];
        if (others == false) wrong(at, key + " is unknown");
        if (others.is_object()) check(member, others, file, at + "/" + key);
      }
    }
  }

  // anyOf: at least one; oneOf: exactly one.
  void check_choices(const Json& value, const Json& schema, const std::string& file, const std::string& at) {
    for (const char* word : {"anyOf", "oneOf"}) {
      if (!schema.contains(word)) continue;
      std::size_t fitting = 0;
      std::string first;
      for (const Json& choice : schema[word]) {
        SchemaCheck inner(folder_);
        inner.check(value, choice, file, at);
        fitting += inner.problems_.empty() ? 1 : 0;
        if (!inner.problems_.empty() && first.empty()) first = inner.problems_.front();
      }
      if (fitting == 0 || (fitting > 1 && std::string_view(word) == "oneOf"))
        wrong(at, std::to_string(fitting) + " choices of " + word + " fit; " + first);
    }
  }

  const SchemaFolder& folder_;
  std::vector<std::string> problems_;
};

namespace {

void find_unknown(const Json& schema, const std::string& at, std::vector<std::string>& unknown) {
  if (!schema.is_object()) return unknown.push_back(at + " is no schema");
  for (const auto& [word, rule] : schema.items()) {
    if (!holds(annotations, word) && !holds(keywords, word)) unknown.push_back(at + "/" + word);
  }
  for (const char* word : {"properties", "$defs"}) {
    if (!schema.contains(word)) continue;
    for (const auto& [key, inner] : schema[word].items())
      find_unknown(inner, at + "/" + word + "/" + key, unknown);
  }
  if (schema.contains("items")) find_unknown(schema["items"], at + "/items", unknown);
  if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object())
    find_unknown(schema["additionalProperties"], at + "/additionalProperties", unknown);
  for (const char* word : {"anyOf", "oneOf"}) {
    if (!schema.contains(word)) continue;
    for (const Json& choice : schema[word]) find_unknown(choice, at + "/" + word, unknown);
  }
}

}  // namespace

base::Result<SchemaFolder> SchemaFolder::open(const std::filesystem::path& folder) {
  SchemaFolder schemas;
  BASE_ASSIGN(const std::vector<std::string> names, base::system_files().list(folder));
  for (const std::string& name : names) {
    if (!name.ends_with(ending)) continue;
    BASE_ASSIGN(const std::string text, base::read_file(folder / name));
    BASE_ASSIGN(schemas.files_[name], base::parse_json(text, name));
  }
  return schemas;
}

std::vector<std::string> SchemaFolder::names() const {
  std::vector<std::string> names;
  for (const auto& [file, schema] : files_) {
    const std::string name = file.substr(0, file.size() - ending.size());
    if (name != "common") names.push_back(name);
  }
  return names;
}

std::vector<std::string> SchemaFolder::problems(const base::Json& document, const std::string& name) const {
  const std::string file = name + std::string(ending);
  const auto schema = files_.find(file);
  if (schema == files_.end()) return {"there is no schema " + file};
  SchemaCheck check(*this);
  check.check(document, schema->second, file, "");
  return check.take();
}

std::vector<std::string> SchemaFolder::unknown_words(const std::string& name) const {
  std::vector<std::string> unknown;
  const auto schema = files_.find(name + std::string(ending));
  if (schema == files_.end()) return {"there is no schema " + name};
  find_unknown(schema->second, name, unknown);
  return unknown;
}

}  // namespace plimsoll::testing
