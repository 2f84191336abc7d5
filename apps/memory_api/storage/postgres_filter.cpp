#include "apps/memory_api/storage/postgres_filter.h"

#include <optional>
#include <vector>

#include <fmt/format.h>

#include "apps/memory_api/memory/uuid.h"
#include "apps/memory_api/storage/filter_columns.h"
#include "apps/memory_api/storage/postgres_rows.h"

namespace memory_api::storage {
namespace {

using memory::Condition;
using memory::Field;
using memory::Filter;
using memory::Operator;
using memory::Value;

bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

class Writer {
 public:
  explicit Writer(PgParameters& parameters) : parameters_(parameters) {}

  PostgresFilter take(const Filter& filter) {
    std::string sql = write(filter);
    return {std::move(sql), is_exact_};
  }

 private:
  std::string write(const Filter& filter) {
    switch (filter.kind) {
      case Filter::Kind::all_of:
        return group(filter.children, " AND ", "TRUE");
      case Filter::Kind::any_of:
        return group(filter.children, " OR ", "FALSE");
      case Filter::Kind::none_of: {
        is_negated_ = !is_negated_;
        std::string inside = group(filter.children, " OR ", "FALSE");
        is_negated_ = !is_negated_;
        return fmt::format("({} IS NOT TRUE)", inside);  // NULL is false inside, so its opposite is true
      }
      case Filter::Kind::condition:
        return condition(filter.condition);
    }
    return "FALSE";
  }

  std::string group(const std::vector<Filter>& children, std::string_view join, std::string_view of_nothing) {
    if (children.empty()) return std::string(of_nothing);
    std::string sql = "(";
    for (const Filter& child : children) {
      if (sql.size() > 1) sql += join;
      sql += write(child);
    }
    return sql + ")";
  }

  std::string condition(const Condition& condition) {
    switch (condition.field) {
      case Field::metadata:
      case Field::categories:
        return left_out();
      case Field::created_at:
      case Field::updated_at:
      case Field::expiration:
        return on_time(condition);
      case Field::id:
        return on_id(condition);
      default:
        return on_text(condition);
    }
  }

  std::string left_out() {
    is_exact_ = false;
    return is_negated_ ? "FALSE" : "TRUE";
  }

  std::string next() const { return fmt::format("${}", parameters_.size() + 1); }

  // What all fields share: presence, NULL, and a value that the field cannot have (`known` is false then).
  std::optional<std::string> simple(const Condition& condition, bool known) {
    const std::string_view column = column_of(condition.field);
    if (condition.op == Operator::present) return fmt::format("({} IS NOT NULL)", column);
    if (condition.op == Operator::in) return std::nullopt;
    const bool negated = condition.op == Operator::not_equals;
    if (is_null(condition.values.front())) {
      if (condition.op != Operator::equals && !negated) return "FALSE";
      return fmt::format("({} IS {}NULL)", column, negated ? "NOT " : "");
    }
    if (known) return std::nullopt;
    return negated ? "TRUE" : "FALSE";
  }

  // No list of these fields holds null (memory/filter_json.h).
  std::string any_of_list(const Condition& condition) const {
    return fmt::format("({} = ANY({}))", column_of(condition.field), next());
  }

  std::string compare(const Condition& condition) const {
    const std::string_view column = column_of(condition.field);
    if (condition.op == Operator::not_equals) return fmt::format("({} IS DISTINCT FROM {})", column, next());
    return fmt::format("({} {} {})", column, symbol_of(condition.op), next());
  }

  std::string on_text(const Condition& condition) {
    if (condition.op == Operator::icontains) return left_out();
    const auto storable = [](const Value& value) {
      const auto* text = std::get_if<std::string>(&value);
      return text != nullptr && is_storable(*text) ? text : nullptr;
    };
    if (condition.op == Operator::in) {
      std::vector<std::string> texts;
      for (const Value& value : condition.values) {
        if (const auto* text = storable(value)) texts.push_back(*text);
      }
      std::string sql = any_of_list(condition);
      parameters_.texts(texts);
      return sql;
    }
    const std::string* text = condition.values.empty() ? nullptr : storable(condition.values.front());
    // Whether a text with U+0000 lies above or below another one, C++ must say.
    const bool has_text =
        !condition.values.empty() && std::holds_alternative<std::string>(condition.values.front());
    if (text == nullptr && has_text && is_ordering(condition.op)) return left_out();
    if (auto sql = simple(condition, text != nullptr)) return *sql;
    std::string sql = condition.op == Operator::contains
                          ? fmt::format("(strpos({}, {}) > 0)", column_of(condition.field), next())
                          : compare(condition);
    parameters_.text(*text);
    return sql;
  }

  std::string on_id(const Condition& condition) {
    const bool is_part = condition.op == Operator::contains || condition.op == Operator::icontains;
    if (is_part || is_ordering(condition.op)) return left_out();
    const auto bytes_of = [](const Value& value) {
      const auto* text = std::get_if<std::string>(&value);
      return text == nullptr ? std::nullopt : memory::uuid_bytes(*text);
    };
    if (condition.op == Operator::in) {
      std::vector<std::string> ids;
      for (const Value& value : condition.values) {
        if (const auto bytes = bytes_of(value)) ids.push_back(*bytes);
      }
      std::string sql = any_of_list(condition);
      parameters_.uuids(ids);
      return sql;
    }
    const auto bytes = condition.values.empty() ? std::nullopt : bytes_of(condition.values.front());
    if (auto sql = simple(condition, bytes.has_value())) return *sql;
    std::string sql = compare(condition);
    parameters_.uuid(*bytes);
    return sql;
  }

  // Stored times are whole microseconds: none equals one between two of them, which lies above the lower one.
  std::string on_time(const Condition& condition) {
    if (condition.op == Operator::contains || condition.op == Operator::icontains) return left_out();
    const auto whole_of = [](const base::UtcTime& time) {
      return std::chrono::floor<std::chrono::microseconds>(time);
    };
    if (condition.op == Operator::in) {
      std::vector<std::int64_t> times;
      for (const Value& value : condition.values) {
        const auto* time = std::get_if<base::UtcTime>(&value);
        if (time != nullptr && whole_of(*time) == *time) times.push_back(to_microseconds(*time));
      }
      std::string sql = any_of_list(condition);
      parameters_.integers(times);
      return sql;
    }
    const auto* time =
        condition.values.empty() ? nullptr : std::get_if<base::UtcTime>(&condition.values.front());
    const bool is_whole = time != nullptr && whole_of(*time) == *time;
    if (auto sql = simple(condition, is_whole || (time != nullptr && is_ordering(condition.op)))) return *sql;
    Condition whole{condition.field, {}, condition.op, {}};
    if (!is_whole) whole.op = is_below(condition.op) ? Operator::less_equal : Operator::greater;
    std::string sql = compare(whole);
    parameters_.integer(to_microseconds(*time));
    return sql;
  }

  static bool is_below(Operator op) { return op == Operator::less || op == Operator::less_equal; }

  PgParameters& parameters_;
  bool is_negated_ = false;
  bool is_exact_ = true;
};

}  // namespace

PostgresFilter to_sql(const memory::Filter& filter, PgParameters& parameters) {
  return Writer(parameters).take(filter);
}

MatchingRows matching_rows(TenantNumber tenant, const memory::Filter& filter,
                           std::optional<base::UtcTime> expired_before) {
  MatchingRows rows;
  rows.parameters.integer(tenant);
  const PostgresFilter written = to_sql(filter, rows.parameters);
  rows.sql = fmt::format("tenant = $1 AND {}", written.sql);
  rows.is_exact = written.is_exact;
  if (expired_before) {
    rows.parameters.integer(to_microseconds(*expired_before));
    rows.sql += fmt::format(" AND (expires_at IS NULL OR expires_at > ${})", rows.parameters.size());
  }
  return rows;
}

}  // namespace memory_api::storage
