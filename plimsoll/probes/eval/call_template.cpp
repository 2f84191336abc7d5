#include "plimsoll/probes/eval/call_template.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "net/url.h"

namespace plimsoll::probes::eval {
namespace {

using Encode = std::string (*)(std::string_view);

// Hands over literal parts and hole names in order; false where a hole is not closed.
bool walk(std::string_view text, const std::function<void(std::string_view)>& literal,
          const std::function<void(std::string_view)>& hole) {
  while (!text.empty()) {
    const std::size_t brace = text.find('{');
    literal(text.substr(0, brace));
    if (brace == std::string_view::npos) return true;
    text.remove_prefix(brace + 1);
    if (text.starts_with('{')) {
      literal("{");
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = text.find('}');
    if (end == std::string_view::npos) return false;
    hole(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return true;
}

std::string fill_with(std::string_view text, const Holes& holes, Encode encode) {
  std::string result;
  walk(
      text, [&](std::string_view part) { result += part; },
      [&](std::string_view name) {
        if (const auto found = holes.find(name); found != holes.end()) result += encode(found->second);
      });
  return result;
}

base::Json fill_json(const base::Json& json, const Holes& holes) {
  if (json.is_string()) {
    const auto& text = json.get_ref<const std::string&>();
    const std::string filled = fill(text, holes);
    const auto number = text == "{top_k}" ? base::parse_integer(filled) : std::nullopt;
    return number ? base::Json(*number) : base::Json(filled);
  }
  if (!json.is_structured()) return json;
  base::Json result = json;
  for (auto& value : result) value = fill_json(value, holes);
  return result;
}

bool any_text(const base::Json& json, const std::function<bool(const std::string&)>& holds) {
  if (json.is_string()) return holds(json.get_ref<const std::string&>());
  if (!json.is_structured()) return false;
  return std::ranges::any_of(json, [&](const base::Json& value) { return any_text(value, holds); });
}

base::Result<base::Json> read_scalar(const base::yaml::Node& node) {
  const bool is_json = base::Json::accept(node.text);
  if (!node.quoted && is_json) return base::Json::parse(node.text);
  const base::Status good = check_template(node.text);
  if (!good) return base::fail_at(node.place, good.error().message, good.error().hint);
  return base::Json(node.text);
}

base::Result<base::Json> read_json(const base::yaml::Node& node) {
  if (node.is_scalar()) return read_scalar(node);
  if (node.is_null()) return base::Json(nullptr);
  base::Json result = node.is_map() ? base::Json::object() : base::Json::array();
  for (const base::yaml::Entry& entry : node.entries) {
    BASE_ASSIGN(result[entry.key], read_json(entry.value));
  }
  for (const base::yaml::Node& item : node.items) {
    BASE_ASSIGN(base::Json value, read_json(item));
    result.push_back(std::move(value));
  }
  return result;
}

std::string as_it_is(std::string_view text) {
  return std::string(text);
}

}  // namespace

base::Status check_template(std::string_view text) {
  std::string unknown;
  const bool closed = walk(
      text, [](std::string_view) {},
      [&](std::string_view name) {
        if (std::ranges::find(hole_names, name) == hole_names.end() && unknown.empty()) unknown = name;
      });
  const std::vector<std::string> known(hole_names.begin(), hole_names.end());
  const std::string hint =
      "there are {" + base::join(known, "}, {") + "}; write {{ for a brace that means itself";
  if (!closed) return base::fail(base::ErrorCode::invalid_argument, "a { is not closed", hint);
  if (unknown.empty()) return {};
  return base::fail(base::ErrorCode::invalid_argument,
                    "unknown placeholder {" + base::printable(base::truncate_utf8(unknown, 60)) + "}", hint);
}

std::string fill(std::string_view text, const Holes& holes) {
  return fill_with(text, holes, as_it_is);
}

std::string fill_path(std::string_view text, const Holes& holes) {
  return fill_with(text, holes, net::percent_encode);
}

bool has_hole(std::string_view text, std::string_view name) {
  bool found = false;
  walk(text, [](std::string_view) {}, [&](std::string_view hole) { found = found || hole == name; });
  return found;
}

BodyTemplate::BodyTemplate() = default;

base::Result<BodyTemplate> BodyTemplate::read(const base::yaml::Node& node) {
  if (!node.is_map() && !node.is_sequence()) {
    return base::fail_at(node.place,
                         "expected a map that is sent as JSON, found " + base::yaml::describe(node));
  }
  BASE_ASSIGN(const base::Json json, read_json(node));
  return of(json);
}

BodyTemplate BodyTemplate::of(const base::Json& json) {
  BodyTemplate body;
  body.json_ = std::make_shared<const base::Json>(json);
  return body;
}

bool BodyTemplate::uses(std::string_view name) const {
  return !empty() && any_text(*json_, [&](const std::string& text) { return has_hole(text, name); });
}

std::string BodyTemplate::fill(const Holes& holes) const {
  return empty() ? "" : base::dump(fill_json(*json_, holes));
}

}  // namespace plimsoll::probes::eval
