#include "plimsoll/probes/format_field.h"

#include "base/json.h"
#include "plimsoll/formats/format.h"
#include "plimsoll/formats/mapping.h"

namespace plimsoll::probes {
namespace {

// Everything in a mapping is a text.
base::Json as_json(const base::yaml::Node& node) {
  if (node.is_scalar()) return node.text;
  base::Json json = node.is_sequence() ? base::Json::array() : base::Json::object();
  for (const auto& item : node.items) json.push_back(as_json(item));
  for (const auto& entry : node.entries) json[entry.key] = as_json(entry.value);
  return json;
}

base::Result<std::string> mapping_text(const base::yaml::Node& map) {
  BASE_TRY(formats::read_mapping(map));
  return base::dump(as_json(map));
}

}  // namespace

plan::Field format_field(std::string description) {
  return {.key = "format",
          .type = plan::FieldType::text,
          .description = std::move(description),
          .one_of = formats::format_names(),
          .read_map = mapping_text};
}

}  // namespace plimsoll::probes
