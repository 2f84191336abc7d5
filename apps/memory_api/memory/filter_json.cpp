#include "apps/memory_api/memory/filter_json.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "apps/memory_api/memory/check_request.h"
#include "apps/memory_api/memory/python_literal.h"
#include "base/json.h"
#include "base/text.h"

namespace memory_api::memory {
namespace {

using base::ErrorCode;
using base::Json;

enum class Kind { entity, id, text, categories, time, metadata };

struct FieldName {
  Field field;
  Kind kind;
};

const std::map<std::string, FieldName, std::less<>>& field_names() {
  static const std::map<std::string, FieldName, std::less<>> names = {
      {"user_id", {Field::user_id, Kind::entity}},     {"agent_id", {Field::agent_id, Kind::entity}},
      {"app_id", {Field::app_id, Kind::entity}},       {"run_id", {Field::run_id, Kind::entity}},
      {"session_id", {Field::run_id, Kind::entity}},   {"id", {Field::id, Kind::id}},
      {"memory_ids", {Field::id, Kind::id}},           {"memory", {Field::text, Kind::text}},
      {"keywords", {Field::text, Kind::text}},         {"categories", {Field::categories, Kind::categories}},
      {"created_at", {Field::created_at, Kind::time}}, {"timestamp", {Field::created_at, Kind::time}},
      {"updated_at", {Field::updated_at, Kind::time}}, {"expiration_date", {Field::expiration, Kind::time}},
      {"metadata", {Field::metadata, Kind::metadata}},
  };
  return names;
}

const std::map<std::string, Operator, std::less<>>& operator_names() {
  static const std::map<std::string, Operator, std::less<>> names = {
      {"eq", Operator::equals},      {"ne", Operator::not_equals},     {"in", Operator::in},
      {"gt", Operator::greater},     {"gte", Operator::greater_equal}, {"lt", Operator::less},
      {"lte", Operator::less_equal}, {"contains", Operator::contains}, {"icontains", Operator::icontains},
  };
  return names;
}

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

// What was found, short enough for a message.
std::string shown(const Json& json) {
  return base::truncate_utf8(base::printable(base::dump(json)), 60);
}

std::string shown_key(const std::string& key) {
  return base::truncate_utf8(base::printable(key), 60);
}

std::unexpected<base::Error> wrong(const std::string& place, std::string_view expected, const Json& found) {
  return base::fail(ErrorCode::invalid_argument,
                    fmt::format("{}: expected {}, found {}", place, expected, shown(found)));
}

class Reader {
 public:
  base::Result<Filter> object(const Json& json, const std::string& place, int depth) {
    if (depth > max_filter_depth) {
      return base::fail(ErrorCode::invalid_argument,
                        fmt::format("{}: filters lie more than {} deep", place, max_filter_depth));
    }
    if (!json.is_object() || json.empty()) return wrong(place, "an object with a condition", json);
    std::vector<Filter> all;
    for (const auto& [key, value] : json.items()) {
      BASE_ASSIGN(Filter part, member(key, value, place + "." + shown_key(key), depth));
      all.push_back(std::move(part));
    }
    return all.size() == 1 ? std::move(all.front()) : all_of(std::move(all));
  }

 private:
  base::Result<Filter> member(const std::string& key, const Json& value, const std::string& place,
                              int depth) {
    if (key == "AND" || key == "OR" || key == "NOT") return group(key, value, place, depth);
    const auto at = field_names().find(key);
    if (at == field_names().end()) return unknown_field(key, place);
    if (at->second.kind == Kind::metadata) return metadata(value, place);
    return field(at->second, value, place);
  }

  base::Result<Filter> group(const std::string& key, const Json& value, const std::string& place, int depth) {
    std::vector<Filter> children;
    if (key == "NOT" && value.is_object()) {
      BASE_ASSIGN(Filter child, object(value, place, depth + 1));
      children.push_back(std::move(child));
    } else if (!value.is_array() || value.empty()) {
      return wrong(place, "a list of conditions", value);
    } else {
      for (std::size_t i = 0; i < value.size(); ++i) {
        BASE_ASSIGN(Filter child, object(value[i], fmt::format("{}[{}]", place, i), depth + 1));
        children.push_back(std::move(child));
      }
    }
    if (key == "AND") return all_of(std::move(children));
    return key == "OR" ? any_of(std::move(children)) : none_of(std::move(children));
  }

  base::Result<Filter> unknown_field(const std::string& key, const std::string& place) {
    auto known = keys_of(field_names());
    known.insert(known.end(), {"AND", "OR", "NOT"});
    const auto near = base::nearest(key, known);
    return base::fail(
        ErrorCode::invalid_argument, fmt::format("{}: there is no field of this name", place),
        near ? "did you mean " + *near + "?" : "metadata is asked for as {\"metadata\": {key: value}}");
  }

  base::Result<Filter> field(const FieldName& name, const Json& value, const std::string& place) {
    const auto condition = [&](Operator op, const Json& operand, const std::string& at) {
      return field_condition(name, op, operand, at);
    };
    if (value.is_object()) return operators(value, place, condition);
    if (value.is_array() && (name.kind == Kind::categories || name.kind == Kind::id)) {
      return condition(Operator::in, value, place);
    }
    return condition(Operator::equals, value, place);
  }

  template <class Make>
  base::Result<Filter> operators(const Json& object, const std::string& place, const Make& make) {
    if (object.empty()) return wrong(place, "a value or an operator", object);
    std::vector<Filter> all;
    for (const auto& [key, operand] : object.items()) {
      const auto at = operator_names().find(key);
      if (at == operator_names().end()) return unknown_operator(key, place);
      BASE_ASSIGN(Filter condition, make(at->second, operand, place + "." + key));
      all.push_back(std::move(condition));
    }
    return all.size() == 1 ? std::move(all.front()) : all_of(std::move(all));
  }

  base::Result<Filter> unknown_operator(const std::string& key, const std::string& place) {
    return base::fail(ErrorCode::invalid_argument,
                      fmt::format("{}: \"{}\" is no operator", place, shown_key(key)),
                      "operators are " + base::join(keys_of(operator_names()), ", "));
  }

  base::Result<Filter> field_condition(const FieldName& name, Operator op, const Json& operand,
                                       const std::string& place) {
    if (is_ordering(op) && (name.kind == Kind::categories || name.kind == Kind::text)) {
      return wrong(place, "one of eq, ne, in, contains, icontains here", operand);
    }
    if ((op == Operator::contains || op == Operator::icontains) && name.kind == Kind::time) {
      return wrong(place, "a comparison of times", operand);
    }
    return finish(op, operand, place, name.field, "", [&](const Json& json, const std::string& at) {
      return name.kind == Kind::time ? time_value(json, at) : text_value(json, at, name.kind == Kind::entity);
    });
  }

  base::Result<Filter> metadata(const Json& pairs, const std::string& place) {
    if (!pairs.is_object() || pairs.empty()) return wrong(place, "an object of keys and values", pairs);
    std::vector<Filter> all;
    for (const auto& [key, value] : pairs.items()) {
      if (operator_names().contains(key)) {
        return base::fail(ErrorCode::invalid_argument,
                          fmt::format("{}: expected a key, found the operator {}", place, key),
                          "write {\"metadata\": {key: {\"" + key + "\": value}}}");
      }
      BASE_ASSIGN(Filter pair, metadata_pair(key, value, place + "." + shown_key(key)));
      all.push_back(std::move(pair));
    }
    return all.size() == 1 ? std::move(all.front()) : all_of(std::move(all));
  }

  // An object with an operator among its keys is a condition, any other a value to be equal to.
  base::Result<Filter> metadata_pair(const std::string& key, const Json& value, const std::string& place) {
    const auto condition = [&](Operator op, const Json& operand, const std::string& at) {
      return metadata_condition(key, op, operand, at);
    };
    const bool has_operator = value.is_object() && std::ranges::any_of(value.items(), [](const auto& item) {
                                return operator_names().contains(item.key());
                              });
    return has_operator ? operators(value, place, condition) : condition(Operator::equals, value, place);
  }

  base::Result<Filter> metadata_condition(const std::string& key, Operator op, const Json& operand,
                                          const std::string& place) {
    if (is_ordering(op) && !operand.is_number() && !operand.is_string()) {
      return wrong(place, "a number or a text", operand);
    }
    return finish(op, operand, place, Field::metadata, key,
                  [&](const Json& json, const std::string&) { return any_value(json); });
  }

  // The wildcard, the list of `in`, or one value.
  template <class Read>
  base::Result<Filter> finish(Operator op, const Json& operand, const std::string& place, Field field,
                              std::string key, const Read& read) {
    Condition condition{field, std::move(key), op, {}};
    if (operand == "*" && (op == Operator::equals || op == Operator::not_equals)) {
      BASE_TRY(count(place));
      condition.op = Operator::present;
      Filter present{Filter::Kind::condition, {}, std::move(condition)};
      return op == Operator::equals ? std::move(present) : none_of({std::move(present)});
    }
    BASE_TRY(op == Operator::in ? read_list(condition, operand, place, read)
                                : read_one(condition, operand, place, read));
    return Filter{Filter::Kind::condition, {}, std::move(condition)};
  }

  template <class Read>
  base::Status read_list(Condition& condition, const Json& operand, const std::string& place,
                         const Read& read) {
    if (!operand.is_array() || operand.empty()) return wrong(place, "a list of values", operand);
    for (std::size_t i = 0; i < operand.size(); ++i) {
      if (operand[i] == "*") return wrong(place, "values; \"*\" stands alone", operand);
      BASE_TRY(read_one(condition, operand[i], fmt::format("{}[{}]", place, i), read));
    }
    return {};
  }

  template <class Read>
  base::Status read_one(Condition& condition, const Json& operand, const std::string& place,
                        const Read& read) {
    BASE_TRY(count(place));
    const bool takes_null = condition.op == Operator::equals || condition.op == Operator::not_equals;
    if (operand.is_null() && takes_null) {
      condition.values.emplace_back(std::monostate{});
      return {};
    }
    BASE_ASSIGN(Value value, read(operand, place));
    condition.values.push_back(std::move(value));
    return {};
  }

  base::Result<Value> text_value(const Json& json, const std::string& place, bool is_entity) {
    if (!json.is_string()) return wrong(place, "a text", json);
    const auto& text = json.get_ref<const std::string&>();
    if (text.empty() || (is_entity && !is_well_formed_id(text))) {
      return wrong(place, fmt::format("a text of 1 to {} characters", longest_id), json);
    }
    return Value(text);
  }

  base::Result<Value> time_value(const Json& json, const std::string& place) {
    constexpr std::string_view expected = "a date (YYYY-MM-DD), RFC 3339 or unix seconds";
    constexpr double latest = 253'402'300'799;  // the end of the year 9999
    if (json.is_number()) {
      const auto seconds = json.get<double>();
      if (!(seconds >= 0 && seconds <= latest)) return wrong(place, expected, json);
      return Value(base::from_unix_seconds(std::min(seconds, 9.2e9)));
    }
    if (!json.is_string()) return wrong(place, expected, json);
    auto time = read_time(json.get_ref<const std::string&>());
    if (!time) return wrong(place, expected, json);
    return Value(*time);
  }

  static base::Result<Value> any_value(const Json& json) {
    if (json.is_boolean()) return Value(json.get<bool>());
    if (json.is_string()) return Value(json.get<std::string>());
    if (json.is_number_float()) return Value(json.get<double>());
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
      return Value(json.get<double>());
    }
    if (json.is_number()) return Value(json.get<std::int64_t>());
    if (json.is_null()) return Value(std::monostate{});
    return Value(JsonText{base::dump(json)});
  }

  base::Status count(const std::string& place) {
    if (++conditions_ <= max_filter_conditions) return {};
    return base::fail(ErrorCode::invalid_argument,
                      fmt::format("{}: more than {} conditions", place, max_filter_conditions));
  }

  std::size_t conditions_ = 0;
};

}  // namespace

// Years that a UtcTime cannot hold (before 1678, after 2261) become the first or last that it can:
// "9999-12-31" is how people write "never". The calendar repeats every 400 years, so the text is checked in a
// year that fits.
base::Result<base::UtcTime> read_time(std::string_view text) {
  const auto year = text.size() < 5 || text[4] != '-' ? std::nullopt : base::parse_integer(text.substr(0, 4));
  if (!year || *year < 0 || (*year >= 1679 && *year <= 2260)) return base::parse_rfc3339(text);
  const long long same = *year % 400 + (*year % 400 >= 79 ? 1600 : 2000);
  BASE_TRY(base::parse_rfc3339(std::to_string(same) + std::string(text.substr(4))));
  return base::parse_rfc3339(*year < 1679 ? "1679-01-01" : "2260-12-31");
}

base::Result<Filter> read_filter(const Json& json) {
  BASE_ASSIGN(Filter filter, Reader().object(json, "filters", 1));
  if (names_an_entity(filter)) return filter;
  return base::fail(ErrorCode::invalid_argument,
                    "filters: expected at least one of user_id, agent_id, app_id, run_id outside NOT");
}

base::Result<Filter> read_filter_text(std::string_view text) {
  const auto json = base::parse_json(text, "filters", {.bytes = 1u << 20, .depth = 64});
  if (json) return read_filter(*json);
  auto literal = read_python_literal(text);
  if (!literal) return base::fail(ErrorCode::invalid_argument, "filters: " + literal.error().message);
  return read_filter(*literal);
}

base::Result<Expiration> read_expiration(std::string_view text) {
  constexpr std::size_t length_of_a_date = 10;
  const auto time = read_time(text);
  if (!time) {
    return base::fail(ErrorCode::invalid_argument,
                      fmt::format("expiration_date: expected YYYY-MM-DD or RFC 3339, found \"{}\"",
                                  base::truncate_utf8(base::printable(text), 60)));
  }
  const bool is_date = text.size() == length_of_a_date;
  return Expiration{std::string(text), *time + (is_date ? std::chrono::days(1) : std::chrono::days(0))};
}

}  // namespace memory_api::memory
