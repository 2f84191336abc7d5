#include "plimsoll/plan/json_schema.h"

#include "base/json.h"
#include "base/yaml.h"
#include "plimsoll/plan/plan_fields.h"
#include "plimsoll/plan/scalars.h"

namespace plimsoll::plan {
namespace {

using Schema = base::OrderedJson;

constexpr auto duration_pattern = R"(^[0-9]+(\.[0-9]+)?(ns|us|µs|μs|ms|s|m|h|d)$)";
constexpr auto size_pattern = "^[0-9]+(\\.[0-9]+)?(B|KB|MB|GB|KiB|MiB|GiB)?$";
constexpr auto url_pattern = R"(^([Hh][Tt][Tt][Pp][Ss]?://|\$\{))";
constexpr auto variable_pattern = R"(\$\{[A-Za-z_][A-Za-z0-9_]*\})";

Schema reference(const char* name) {
  return {{"$ref", std::string("#/$defs/") + name}};
}

Schema any_of(std::vector<Schema> choices) {
  return {{"anyOf", std::move(choices)}};
}

Schema list_of(Schema items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

Schema map_of(Schema values) {
  return {{"type", "object"}, {"additionalProperties", std::move(values)}};
}

// A number may come out of the environment.
Schema or_variable(Schema schema) {
  return any_of({std::move(schema), reference("variable")});
}

Schema object_of(std::span<const Field> fields);

Schema text_schema(const Field& field) {
  if (field.one_of.empty()) return reference("text");
  return or_variable({{"enum", field.one_of}});
}

Schema type_schema(const Field& field) {
  switch (field.type) {
    case FieldType::text:
      return text_schema(field);
    case FieldType::path:
      return reference("text");
    case FieldType::integer:
      return or_variable({{"type", "integer"}, {"minimum", 0}});
    case FieldType::number:
      return or_variable({{"type", "number"}});
    case FieldType::rate:
      return or_variable({{"type", "number"}, {"exclusiveMinimum", 0}});
    case FieldType::boolean:
      return or_variable({{"type", "boolean"}});
    case FieldType::duration:
      return reference("duration");
    case FieldType::size:
      return reference("size");
    case FieldType::url:
      return {{"type", "string"}, {"pattern", url_pattern}};
    case FieldType::text_list:
      return list_of(text_schema(field));
    case FieldType::text_map:
      return map_of(reference("text"));
    case FieldType::command:
      return any_of({reference("text"), list_of(reference("text"))});
    case FieldType::object:
      return object_of(field.fields);
    case FieldType::object_list:
      return list_of(object_of(field.fields));
    case FieldType::any:
      return Schema::object();
  }
  return Schema::object();
}

// As the reader takes it: a number stays a number.
Schema default_value(const Field& field) {
  const auto node = base::yaml::parse(field.default_text, "default");
  if (!node) return field.default_text;
  const auto value = read_any(*node, {});
  return value ? Schema(*value) : Schema(field.default_text);
}

Schema field_schema(const Field& field) {
  Schema schema = {{"description", field.description}};
  schema.update(field.read_map ? any_of({type_schema(field), {{"type", "object"}}}) : type_schema(field));
  if (!field.default_text.empty()) schema["default"] = default_value(field);
  return schema;
}

Schema object_of(std::span<const Field> fields) {
  Schema properties = Schema::object();
  Schema required = Schema::array();
  for (const auto& field : fields) {
    properties[field.key] = field_schema(field);
    if (field.required) required.push_back(field.key);
  }
  Schema schema = {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

// A list of entries, or one; a bare text where the kind has a shorthand.
Schema kind_schema(const ProbeKind& kind) {
  const auto name = "#/$defs/probe_" + kind.name;
  const Schema entry = {{"$ref", name}};
  return {{"description", kind.summary}, {"anyOf", {list_of(entry), entry}}};
}

Schema entry_schema(const ProbeKind& kind) {
  auto entry = object_of(entry_fields(kind));
  if (kind.shorthand.empty()) return entry;
  return any_of({std::move(entry), reference("text")});
}

Schema probes_schema(std::span<const ProbeKind> kinds) {
  Schema properties = Schema::object();
  for (const auto& kind : kinds) properties[kind.name] = kind_schema(kind);
  return {{"description", "What is measured, by kind."},
          {"type", "object"},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

Schema rules_schema() {
  return {{"description", "What is demanded of it: docs/rules.md has the grammar."},
          {"type", "array"},
          {"items", any_of({{{"type", "string"}}, object_of(rule_fields())})}};
}

Schema profiles_schema() {
  Schema schema = {
      {"description", "Choices of probes for an occasion, by name; pr and nightly are always there."}};
  schema.update(map_of(object_of(profile_fields())));
  return schema;
}

Schema definitions(std::span<const ProbeKind> kinds) {
  Schema defs = {
      {"text", {{"type", {"string", "number", "boolean"}}}},
      {"variable", {{"type", "string"}, {"pattern", std::string("^") + variable_pattern + "$"}}},
      {"duration",
       {{"type", "string"}, {"anyOf", {{{"pattern", duration_pattern}}, {{"pattern", variable_pattern}}}}}},
      {"size",
       {{"anyOf",
         {{{"type", "integer"}, {"minimum", 0}},
          {{"type", "string"}, {"pattern", size_pattern}},
          reference("variable")}}}}};
  for (const auto& kind : kinds) defs["probe_" + kind.name] = entry_schema(kind);
  return defs;
}

}  // namespace

base::OrderedJson json_schema(std::span<const ProbeKind> kinds) {
  Schema schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                   {"title", "plimsoll.yaml"},
                   {"description", "What is measured of a release, and what is demanded of it."}};
  schema.update(object_of(top_fields()));
  auto& properties = schema["properties"];
  properties["include"] = any_of({reference("text"), list_of(reference("text"))});
  properties["profiles"] = profiles_schema();
  properties["probes"] = probes_schema(kinds);
  properties["rules"] = rules_schema();
  schema["$defs"] = definitions(kinds);
  return schema;
}

}  // namespace plimsoll::plan
