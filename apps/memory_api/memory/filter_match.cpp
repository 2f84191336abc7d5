// What a filter means, in one place: the storage engines call parts of this or agree with it.
#include <algorithm>
#include <compare>
#include <optional>

#include "apps/memory_api/memory/filter.h"
#include "apps/memory_api/search/fold_case.h"
#include "base/json.h"

namespace memory_api::memory {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

base::Json parsed(const std::string& text) {
  return base::Json::parse(text, nullptr, false);
}

Value value_of(const base::Json& json) {
  switch (json.type()) {
    case base::Json::value_t::boolean:
      return json.get<bool>();
    case base::Json::value_t::number_integer:
      return json.get<std::int64_t>();
    case base::Json::value_t::number_unsigned: {
      const auto number = json.get<std::uint64_t>();
      if (number > static_cast<std::uint64_t>(INT64_MAX)) return static_cast<double>(number);
      return static_cast<std::int64_t>(number);
    }
    case base::Json::value_t::number_float:
      return json.get<double>();
    case base::Json::value_t::string:
      return json.get<std::string>();
    case base::Json::value_t::array:
    case base::Json::value_t::object:
      return JsonText{base::dump(json)};
    default:
      return std::monostate{};
  }
}

std::optional<double> number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

// unordered where the two are of different kinds, or have no order.
std::partial_ordering order(const Value& a, const Value& b) {
  if (a.index() != b.index()) {
    const auto x = number_of(a);
    const auto y = number_of(b);
    return x && y ? *x <=> *y : std::partial_ordering::unordered;
  }
  return std::visit(Overloaded{[&](const JsonText&) { return std::partial_ordering::unordered; },
                               [&](const std::monostate&) { return std::partial_ordering::equivalent; },
                               [&](const auto& left) -> std::partial_ordering {
                                 return left <=> std::get<std::decay_t<decltype(left)>>(b);
                               }},
                    a);
}

bool equal(const Value& a, const Value& b) {
  const auto* left = std::get_if<JsonText>(&a);
  const auto* right = std::get_if<JsonText>(&b);
  if (left != nullptr && right != nullptr) return parsed(left->text) == parsed(right->text);
  return order(a, b) == std::partial_ordering::equivalent;
}

bool text_contains(const std::string& text, const std::string& part, bool ignore_case) {
  if (!ignore_case) return text.contains(part);
  return search::fold_case(text).contains(search::fold_case(part));
}

bool same_element(const Value& element, const Value& wanted, bool ignore_case) {
  const auto* text = std::get_if<std::string>(&element);
  const auto* part = std::get_if<std::string>(&wanted);
  if (ignore_case && text != nullptr && part != nullptr) {
    return search::fold_case(*text) == search::fold_case(*part);
  }
  return equal(element, wanted);
}

bool contains(const Value& actual, const Value& wanted, bool ignore_case) {
  const auto* text = std::get_if<std::string>(&actual);
  const auto* part = std::get_if<std::string>(&wanted);
  if (text != nullptr && part != nullptr) return text_contains(*text, *part, ignore_case);
  const auto* list = std::get_if<JsonText>(&actual);
  if (list == nullptr) return false;
  const base::Json json = parsed(list->text);
  return json.is_array() && std::ranges::any_of(json, [&](const base::Json& element) {
           return same_element(value_of(element), wanted, ignore_case);
         });
}

bool holds(const Condition& condition, const Value& actual) {
  const auto equals_one = [&](const Value& value) { return equal(actual, value); };
  if (condition.op == Operator::present) return !std::holds_alternative<std::monostate>(actual);
  if (condition.op == Operator::in) return std::ranges::any_of(condition.values, equals_one);
  const Value& value = condition.values.front();
  switch (condition.op) {
    case Operator::equals:
      return equal(actual, value);
    case Operator::not_equals:
      return !equal(actual, value);
    case Operator::contains:
      return contains(actual, value, false);
    case Operator::icontains:
      return contains(actual, value, true);
    default:
      break;
  }
  if (std::holds_alternative<std::monostate>(actual)) return false;  // nothing is neither above nor below
  const std::partial_ordering ordering = order(actual, value);
  switch (condition.op) {
    case Operator::greater:
      return ordering > 0;
    case Operator::greater_equal:
      return ordering >= 0;
    case Operator::less:
      return ordering < 0;
    default:
      return ordering <= 0;
  }
}

Value text_or_null(const std::string& text) {
  if (text.empty()) return std::monostate{};
  return text;
}

Value field_value(Field field, const Memory& memory) {
  switch (field) {
    case Field::user_id:
      return text_or_null(memory.entities.user_id);
    case Field::agent_id:
      return text_or_null(memory.entities.agent_id);
    case Field::app_id:
      return text_or_null(memory.entities.app_id);
    case Field::run_id:
      return text_or_null(memory.entities.run_id);
    case Field::id:
      return memory.id;
    case Field::text:
      return memory.text;
    case Field::created_at:
      return memory.created_at;
    case Field::updated_at:
      return memory.updated_at;
    case Field::expiration:
      if (memory.expiration) return memory.expiration->at;
      return std::monostate{};
    case Field::categories:
    case Field::metadata:
      break;
  }
  return std::monostate{};
}

bool matches_condition(const Condition& condition, const Memory& memory) {
  if (condition.field == Field::metadata) return matches_metadata(condition, memory.metadata);
  if (condition.field == Field::categories) return matches_categories(condition, memory.categories);
  return holds(condition, field_value(condition.field, memory));
}

}  // namespace

bool matches(const Filter& filter, const Memory& memory) {
  const auto child_matches = [&](const Filter& child) { return matches(child, memory); };
  switch (filter.kind) {
    case Filter::Kind::all_of:
      return std::ranges::all_of(filter.children, child_matches);
    case Filter::Kind::any_of:
      return std::ranges::any_of(filter.children, child_matches);
    case Filter::Kind::none_of:
      return std::ranges::none_of(filter.children, child_matches);
    case Filter::Kind::condition:
      return matches_condition(filter.condition, memory);
  }
  return false;
}

bool matches_metadata(const Condition& condition, std::string_view metadata) {
  if (metadata.empty()) return holds(condition, std::monostate{});
  const base::Json json = base::Json::parse(metadata, nullptr, false);
  const base::Json* value = base::find(json, condition.key);
  return holds(condition, value == nullptr ? Value{} : value_of(*value));
}

bool matches_text(const Condition& condition, std::string_view text) {
  return holds(condition, std::string(text));
}

bool matches_categories(const Condition& condition, const std::vector<std::string>& categories) {
  if (categories.empty()) return holds(condition, std::monostate{});
  if (condition.op == Operator::not_equals) {
    Condition opposite = condition;
    opposite.op = Operator::equals;
    return !matches_categories(opposite, categories);
  }
  return std::ranges::any_of(categories,
                             [&](const std::string& category) { return holds(condition, category); });
}

}  // namespace memory_api::memory
