#include "apps/memory_api/storage/filter_sql.h"

#include <span>

#include <sqlite3.h>

#include "apps/memory_api/memory/uuid.h"
#include "apps/memory_api/storage/filter_columns.h"
#include "apps/memory_api/storage/sqlite_rows.h"

namespace memory_api::storage {
namespace {

using memory::Condition;
using memory::Field;
using memory::Filter;
using memory::Operator;
using memory::Value;

constexpr const char* pointer_type = "condition";

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

class Writer {
 public:
  FilterSql take(const Filter& filter) {
    write(filter);
    return std::move(out_);
  }

 private:
  void write(const Filter& filter) {
    switch (filter.kind) {
      case Filter::Kind::all_of:
        return group(filter.children, " AND ", "1");
      case Filter::Kind::any_of:
        return group(filter.children, " OR ", "0");
      case Filter::Kind::none_of:
        add("(");
        group(filter.children, " OR ", "0");
        return add(" IS NOT TRUE)");  // NULL is false inside, so its opposite is true
      case Filter::Kind::condition:
        return condition(filter.condition);
    }
  }

  // Halved again and again, since SQLite limits the depth of an expression and a OR b OR c … is as deep as it
  // is long.
  void group(std::span<const Filter> children, std::string_view join, std::string_view of_nothing) {
    if (children.empty()) return add(of_nothing);
    if (children.size() == 1) return write(children.front());
    const std::size_t half = children.size() / 2;
    add("(");
    group(children.first(half), join, of_nothing);
    add(join);
    group(children.subspan(half), join, of_nothing);
    add(")");
  }

  void condition(const Condition& condition) {
    switch (condition.field) {
      case Field::metadata:
        return call("matches_metadata", condition);
      case Field::categories:
        return call("matches_categories", condition);
      case Field::text:
        return call("matches_text", condition);
      case Field::created_at:
      case Field::updated_at:
      case Field::expiration:
        return comparison(condition, [&](const Value& value) { return time(value); });
      case Field::id:
        if (is_call(condition.op) || is_ordering(condition.op)) return call("matches_id", condition);
        return comparison(condition, [&](const Value& value) { return id(value); });
      default:
        if (is_call(condition.op)) return call("matches_text", condition);
        return comparison(condition, [&](const Value& value) { return text(value); });
    }
  }

  static bool is_call(Operator op) { return op == Operator::contains || op == Operator::icontains; }

  // Each reader of an operand gives a parameter, or nothing where no stored value can equal it.
  using Operand = std::optional<FilterSql::Parameter>;

  static Operand text(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? Operand() : Operand(*text);
  }
  static Operand id(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    const auto bytes = text == nullptr ? std::nullopt : memory::uuid_bytes(*text);
    return bytes ? Operand(FilterSql::Blob{*bytes}) : Operand();
  }
  static Operand time(const Value& value) {
    const auto* time = std::get_if<base::UtcTime>(&value);
    if (time == nullptr || *time != std::chrono::floor<std::chrono::microseconds>(*time)) return {};
    return Operand(to_microseconds(*time));
  }

  template <class Read>
  void comparison(const Condition& condition, const Read& read) {
    const std::string_view column = column_of(condition.field);
    if (condition.op == Operator::present) return add(column, " IS NOT NULL");
    if (condition.op == Operator::in) return list(condition, read);
    const Value& value = condition.values.front();
    const bool is_null = std::holds_alternative<std::monostate>(value);
    if (is_ordering(condition.op)) return is_null ? add("0") : ordering(condition, read);
    const bool negated = condition.op == Operator::not_equals;
    if (is_null) return add(column, negated ? " IS NOT NULL" : " IS NULL");
    Operand operand = read(value);
    if (!operand) return add(negated ? "1" : "0");
    add(column, negated ? " IS NOT ?" : " = ?");
    out_.parameters.push_back(std::move(*operand));
  }

  template <class Read>
  void list(const Condition& condition, const Read& read) {
    add(column_of(condition.field), " IN (");
    bool is_first = true;
    for (const Value& value : condition.values) {
      Operand operand = read(value);
      if (!operand) continue;
      add(is_first ? "?" : ",?");
      is_first = false;
      out_.parameters.push_back(std::move(*operand));
    }
    add(")");
  }

  // Stored times are whole microseconds; an operand between two of them lies above the lower one.
  template <class Read>
  void ordering(const Condition& condition, const Read& read) {
    const auto* time = std::get_if<base::UtcTime>(&condition.values.front());
    Operand operand;
    std::string_view symbol = symbol_of(condition.op);
    if (time != nullptr && condition.field != Field::id) {
      const auto whole = std::chrono::floor<std::chrono::microseconds>(*time);
      if (whole != *time) symbol = symbol.front() == '<' ? "<=" : ">";
      operand = to_microseconds(whole);
    } else {
      operand = read(condition.values.front());
    }
    if (!operand) return add("0");
    add(column_of(condition.field), " ", symbol, " ?");
    out_.parameters.push_back(std::move(*operand));
  }

  void call(std::string_view function, const Condition& condition) {
    add(function, "(?, ", column_of(condition.field), ")");
    out_.parameters.emplace_back(&condition);
  }

  template <class... Parts>
  void add(Parts... parts) {
    (out_.sql.append(parts), ...);
  }

  FilterSql out_;
};

std::string_view bytes_of(sqlite3_value* value) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
  return bytes == nullptr ? std::string_view()
                          : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

using Judge = bool (*)(const Condition&, sqlite3_value*);

// Whatever is thrown (memory is short) must not pass through SQLite.
template <Judge judge>
void function(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
  const auto* condition = static_cast<const Condition*>(sqlite3_value_pointer(arguments[0], pointer_type));
  if (condition == nullptr) return sqlite3_result_error(context, "no condition", -1);
  try {
    sqlite3_result_int(context, judge(*condition, arguments[1]) ? 1 : 0);
  } catch (const std::exception& e) {
    sqlite3_result_error(context, e.what(), -1);
  }
}

bool judge_metadata(const Condition& condition, sqlite3_value* value) {
  return memory::matches_metadata(condition, bytes_of(value));
}
bool judge_categories(const Condition& condition, sqlite3_value* value) {
  return memory::matches_categories(condition, read_categories(bytes_of(value)));
}
bool judge_text(const Condition& condition, sqlite3_value* value) {
  if (sqlite3_value_type(value) == SQLITE_NULL) return false;
  return memory::matches_text(condition, bytes_of(value));
}
bool judge_id(const Condition& condition, sqlite3_value* value) {
  return memory::matches_text(condition, memory::uuid_text(bytes_of(value)));
}

template <Judge judge>
int define(Connection& connection, const char* name) {
  return sqlite3_create_function_v2(connection.handle(), name, 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                                    function<judge>, nullptr, nullptr, nullptr);
}

}  // namespace

void FilterSql::bind(Query& query) const {
  for (const Parameter& parameter : parameters) {
    std::visit(Overloaded{[&](std::int64_t value) { query.integer(value); },
                          [&](const std::string& value) { query.text(value); },
                          [&](const Blob& value) { query.blob(value.bytes); },
                          [&](const Condition* value) { query.pointer(value, pointer_type); }},
               parameter);
  }
}

FilterSql to_sql(const Filter& filter) {
  return Writer().take(filter);
}

base::Status install_filter_functions(Connection& connection) {
  for (const int status :
       {define<judge_metadata>(connection, "matches_metadata"),
        define<judge_categories>(connection, "matches_categories"),
        define<judge_text>(connection, "matches_text"), define<judge_id>(connection, "matches_id")}) {
    if (status != SQLITE_OK) return std::unexpected(connection.error(status));
  }
  return {};
}

}  // namespace memory_api::storage
