#include "apps/memory_api/memory/filter.h"

#include <algorithm>
#include <utility>

namespace memory_api::memory {
namespace {

bool is_entity(Field field) {
  return field == Field::user_id || field == Field::agent_id || field == Field::app_id ||
         field == Field::run_id;
}

bool names_a_value(const Condition& condition) {
  const auto is_null = [](const Value& value) { return std::holds_alternative<std::monostate>(value); };
  switch (condition.op) {
    case Operator::present:
      return true;
    case Operator::equals:
    case Operator::in:
    case Operator::contains:
    case Operator::icontains:
      return std::ranges::none_of(condition.values, is_null);
    default:
      return false;
  }
}

void add_entity(std::vector<Filter>& conditions, Field field, const std::string& id) {
  if (id.empty()) return;
  conditions.push_back(id == "*" ? where(field, Operator::present, {}) : equals(field, id));
}

}  // namespace

Filter all_of(std::vector<Filter> children) {
  return {Filter::Kind::all_of, std::move(children)};
}
Filter any_of(std::vector<Filter> children) {
  return {Filter::Kind::any_of, std::move(children)};
}
Filter none_of(std::vector<Filter> children) {
  return {Filter::Kind::none_of, std::move(children)};
}

Filter where(Field field, Operator op, std::vector<Value> values) {
  return {Filter::Kind::condition, {}, {field, {}, op, std::move(values)}};
}

Filter where_metadata(std::string key, Operator op, std::vector<Value> values) {
  return {Filter::Kind::condition, {}, {Field::metadata, std::move(key), op, std::move(values)}};
}

Filter equals(Field field, std::string text) {
  return where(field, Operator::equals, {std::move(text)});
}

Filter of_entities(const EntityIds& ids) {
  std::vector<Filter> conditions;
  add_entity(conditions, Field::user_id, ids.user_id);
  add_entity(conditions, Field::agent_id, ids.agent_id);
  add_entity(conditions, Field::app_id, ids.app_id);
  add_entity(conditions, Field::run_id, ids.run_id);
  return all_of(std::move(conditions));
}

bool names_an_entity(const Filter& filter) {
  switch (filter.kind) {
    case Filter::Kind::condition:
      return is_entity(filter.condition.field) && names_a_value(filter.condition);
    case Filter::Kind::none_of:
      return false;
    default:
      return std::ranges::any_of(filter.children, names_an_entity);
  }
}

bool is_ordering(Operator op) {
  return op == Operator::greater || op == Operator::greater_equal || op == Operator::less ||
         op == Operator::less_equal;
}

Field field_of(EntityType type) {
  switch (type) {
    case EntityType::user:
      return Field::user_id;
    case EntityType::agent:
      return Field::agent_id;
    case EntityType::app:
      return Field::app_id;
    case EntityType::run:
      return Field::run_id;
  }
  return Field::user_id;
}

}  // namespace memory_api::memory
