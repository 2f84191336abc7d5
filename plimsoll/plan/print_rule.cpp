// The other half of rule_text.h: rules as text that reads back as the same rule.
#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/plan/rule_text.h"

namespace plimsoll::plan {
namespace {

using base::Dimension;
using base::print_quantity;

// A bare value must read back: nothing that ends it, no space at its ends, nothing that would join the
// operator.
bool needs_quotes(std::string_view value) {
  if (value.empty() || value.front() == '~' || value.front() == '=') return true;
  if (value.front() == ' ' || value.back() == ' ') return true;
  return std::ranges::any_of(value, [](char c) {
    return c == ',' || c == '}' || c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

std::string_view symbol(model::MatchOperator op) {
  switch (op) {
    case model::MatchOperator::equal:
      return "=";
    case model::MatchOperator::not_equal:
      return "!=";
    case model::MatchOperator::regex:
      return "=~";
    case model::MatchOperator::not_regex:
      return "!~";
  }
  return "=";
}

std::string_view symbol(model::Comparison comparison) {
  switch (comparison) {
    case model::Comparison::less:
      return "<";
    case model::Comparison::less_equal:
      return "<=";
    case model::Comparison::greater:
      return ">";
    case model::Comparison::greater_equal:
      return ">=";
    case model::Comparison::equal:
      return "=";
  }
  return "=";
}

// A name that k6 uses for a statistic would be read as one before a comparison.
bool looks_like_k6(std::string_view name) {
  constexpr std::array<std::string_view, 5> heads = {"avg", "min", "med", "max", "rate"};
  return std::ranges::find(heads, name) != heads.end();
}

std::string print_matches(const model::Selector& selector) {
  if (selector.matches.empty()) return looks_like_k6(selector.name) ? "{}" : "";
  std::vector<std::string> parts;
  for (const auto& match : selector.matches) {
    const auto value = needs_quotes(match.value) ? base::dump(base::Json(match.value)) : match.value;
    parts.push_back(match.key + std::string(symbol(match.op)) + value);
  }
  return "{" + base::join(parts, ",") + "}";
}

std::string print_stat(const model::Stat& stat) {
  switch (stat.kind) {
    case model::StatKind::percentile:
      return "p" + print_quantity({stat.percent, Dimension::none});
    case model::StatKind::mean:
      return "mean";
    case model::StatKind::median:
      return "median";
    case model::StatKind::min:
      return "min";
    case model::StatKind::max:
      return "max";
    case model::StatKind::rate:
      return "rate";
    case model::StatKind::count:
      return "count";
    case model::StatKind::slope:
      return "slope";
  }
  return "";
}

struct PrintCheck {
  static std::string per(const model::Threshold& check) {
    if (check.per_seconds == 0) return "";
    return "/" + print_quantity({check.per_seconds, Dimension::seconds}).substr(1);  // "1h"
  }
  std::string operator()(const model::Threshold& check) const {
    return std::string(symbol(check.comparison)) + " " + print_quantity(check.bound) + per(check);
  }
  std::string operator()(const model::Regression& check) const {
    return "regression warn " + print_quantity({check.warn, Dimension::share}) + " fail " +
           print_quantity({check.fail, Dimension::share});
  }
  std::string operator()(const model::Change& check) const {
    if (check == model::Change{}) return "change";
    return "change warn " + print_quantity({check.warn, Dimension::share}) + " fail " +
           print_quantity({check.fail, Dimension::share});
  }
  std::string operator()(const model::Ratchet&) const { return "ratchet"; }
  std::string operator()(const model::None&) const { return "none"; }
  std::string operator()(const model::Fresh& check) const {
    return "fresh within " + print_quantity({check.within_seconds, Dimension::seconds});
  }
};

}  // namespace

std::string print_selector(const model::Selector& selector) {
  std::string text = selector.name + print_matches(selector);
  if (selector.by) text += " by (" + base::join(*selector.by, ", ") + ")";
  return text;
}

std::string print_rule(const model::Rule& rule) {
  std::string text = print_selector(rule.selector) + " ";
  if (rule.stat) text += print_stat(*rule.stat) + " ";
  return text + std::visit(PrintCheck{}, rule.check);
}

}  // namespace plimsoll::plan
