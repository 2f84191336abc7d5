// Which memories are meant: a tree of conditions. filter_json.h reads it from requests.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "apps/memory_api/memory/memory.h"
#include "base/clock.h"

namespace memory_api::memory {

enum class Field {
  user_id,
  agent_id,
  app_id,
  run_id,
  id,
  text,
  categories,
  created_at,
  updated_at,
  expiration,
  metadata
};

enum class Operator {
  equals,
  not_equals,
  in,
  greater,
  greater_equal,
  less,
  less_equal,
  contains,
  icontains,
  present
};

bool is_ordering(Operator op);  // one of >, >=, <, <=

// A list or object inside metadata, as compact JSON.
struct JsonText {
  std::string text;
  bool operator==(const JsonText&) const = default;
};

// monostate is null: a field that a memory does not have.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, base::UtcTime, JsonText>;

// `field operator values`. One value, except `in` (one or more) and `present` (none).
// - Times compare as times, numbers as numbers (3 equals 3.0), texts by bytes; values of different kinds are
//   not equal and neither is greater.
// - A missing field equals null and nothing else. not_equals is the exact opposite of equals, also for
//   missing fields.
// - categories: equals, in, contains and icontains hold when they hold for one of the categories.
// - contains: a part of a text, or an element of a list. icontains ignores case (search/fold_case.h).
struct Condition {
  Field field = Field::user_id;
  std::string key = {};  // of metadata: which key
  Operator op = Operator::equals;
  std::vector<Value> values = {};
};

struct Filter {
  enum class Kind { all_of, any_of, none_of, condition };

  Kind kind = Kind::all_of;  // the default, all of nothing, matches every memory
  std::vector<Filter> children = {};
  Condition condition = {};  // where kind is condition
};

Filter all_of(std::vector<Filter> children);
Filter any_of(std::vector<Filter> children);
Filter none_of(std::vector<Filter> children);
Filter where(Field field, Operator op, std::vector<Value> values);
Filter where_metadata(std::string key, Operator op, std::vector<Value> values);
Filter equals(Field field, std::string text);

// Those of the four ids that are given, all of them. "*" means any value, but a value.
Filter of_entities(const EntityIds& ids);

// Whether a condition outside none_of names an entity id positively (equals, in, present, contains,
// icontains).
bool names_an_entity(const Filter& filter);

// The meaning of a filter; storage engines must agree with it exactly.
bool matches(const Filter& filter, const Memory& memory);

// One condition on one kind of field, as `matches` judges it; engines use these where their own language
// falls short.
bool matches_metadata(const Condition& condition, std::string_view metadata);
bool matches_text(const Condition& condition, std::string_view text);
bool matches_categories(const Condition& condition, const std::vector<std::string>& categories);

Field field_of(EntityType type);

}  // namespace memory_api::memory
