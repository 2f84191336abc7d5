#include "plimsoll/plan/rules_section.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "plimsoll/plan/fields.h"
#include "plimsoll/plan/plan_fields.h"
#include "plimsoll/plan/rule_text.h"

namespace plimsoll::plan {
namespace {

using base::Result;
using base::yaml::Node;

// The text of a quoted scalar starts behind its quote.
base::Place text_place(const Node& scalar) {
  base::Place place = scalar.place;
  if (scalar.quoted) ++place.column;
  return place;
}

Result<std::string> text_of(const Node& map, std::string_view key) {
  const Node* value = map.find(key);
  if (value == nullptr) return std::string();
  if (value->is_scalar() && !value->text.empty()) return value->text;
  return base::fail_at(value->place,
                       fmt::format("{}: expected a text, found {}", key, base::yaml::describe(*value)));
}

Result<model::Level> level_of(const Node& map) {
  BASE_ASSIGN(const auto text, text_of(map, "level"));
  if (text == "warn") return model::Level::warn;
  if (text == "fail" || text.empty()) return model::Level::fail;
  return base::fail_at(map.find("level")->place,
                       fmt::format("level: expected fail or warn, found \"{}\"", text));
}

Result<std::string> until_of(const Node& map) {
  BASE_ASSIGN(auto text, text_of(map, "until"));
  if (text.empty() || base::parse_rfc3339(text)) return text;
  return base::fail_at(map.find("until")->place, fmt::format("until: expected a date, found \"{}\"", text),
                       "as in 2026-12-31");
}

Result<model::Rule> read_long_form(const Node& map) {
  BASE_TRY(check_keys(map, rule_fields(), "a rule"));
  const Node* text = map.find("rule");
  if (text == nullptr) return base::fail_at(map.place, "a rule: the key \"rule\" is missing");
  if (!text->is_scalar()) {
    return base::fail_at(text->place,
                         fmt::format("rule: expected a rule, found {}", base::yaml::describe(*text)));
  }
  BASE_ASSIGN(auto rule, parse_rule(text->text, text_place(*text)));
  BASE_ASSIGN(rule.level, level_of(map));
  BASE_ASSIGN(rule.because, text_of(map, "because"));
  BASE_ASSIGN(rule.owner, text_of(map, "owner"));
  BASE_ASSIGN(rule.until, until_of(map));
  return rule;
}

Result<model::Rule> read_rule(const Node& node) {
  if (node.is_scalar()) return parse_rule(node.text, text_place(node));
  if (node.is_map()) return read_long_form(node);
  return base::fail_at(node.place, fmt::format("expected a rule, found {}", base::yaml::describe(node)),
                       "as in load.latency p95 < 200ms");
}

}  // namespace

Result<std::vector<model::Rule>> read_rules(std::span<const Node> documents) {
  std::vector<model::Rule> rules;
  for (const auto& document : documents) {
    const Node* list = document.find("rules");
    if (list == nullptr) continue;
    if (!list->is_sequence()) {
      return base::fail_at(
          list->place, fmt::format("rules: expected a list of rules, found {}", base::yaml::describe(*list)));
    }
    for (const auto& item : list->items) {
      BASE_ASSIGN(auto rule, read_rule(item));
      rules.push_back(std::move(rule));
    }
  }
  return rules;
}

}  // namespace plimsoll::plan
