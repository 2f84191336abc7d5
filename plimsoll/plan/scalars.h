// One value of the plan against one field type, as JSON.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/yaml.h"
#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan {

// What braces mean in the texts of a section.
enum class Braces {
  placeholders,  // checked, kept for the run to expand
  none           // no placeholder is known there; {{ becomes a brace
};

// Where and how values are read.
struct FieldContext {
  std::filesystem::path root;  // the plan's folder
  Braces braces = Braces::placeholders;
  std::string* counted_content = nullptr;  // collects what Field::content_counts asks for; may be nullptr
};

// A scalar or list whose type is not object, object_list or any. Errors stand at the wrong value and start
// with the key.
base::Result<nlohmann::json> read_scalar(const base::yaml::Node& node, const Field& field,
                                         const FieldContext& context);

// A text that is not empty; `key` names it in errors.
base::Result<std::string> read_text_value(const base::yaml::Node& node, std::string_view key,
                                          const FieldContext& context);

// Any value as it stands: plain true, false and numbers keep their type, quoted texts stay texts.
base::Result<nlohmann::json> read_any(const base::yaml::Node& node, const FieldContext& context);

// "a duration with a unit, like 30s": what a type expects, for messages and the schema.
std::string_view expectation(FieldType type);

}  // namespace plimsoll::plan
