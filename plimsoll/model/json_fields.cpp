#include "plimsoll/model/json_fields.h"

#include <cmath>
#include <limits>

#include "base/json.h"

namespace plimsoll::model {
namespace {

using base::ErrorCode;
using base::Json;

std::unexpected<base::Error> mismatch(std::string_view key, std::string_view expected, const Json& found) {
  return base::fail(ErrorCode::corrupt, std::string(key) + ": expected " + std::string(expected) +
                                            ", found " + base::dump(found).substr(0, 60));
}

const Json* present(const Json& object, std::string_view key) {
  const Json* member = base::find(object, key);
  return member != nullptr && !member->is_null() ? member : nullptr;
}

}  // namespace

Json exact_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return value;
}

base::Result<double> read_exact_number(const Json& json, std::string_view what) {
  if (json.is_number()) return json.get<double>();
  if (json == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (json == "+Inf") return std::numeric_limits<double>::infinity();
  if (json == "-Inf") return -std::numeric_limits<double>::infinity();
  return mismatch(what, "a number", json);
}

base::Result<std::string> string_or(const Json& object, std::string_view key, std::string fallback) {
  const Json* member = present(object, key);
  if (member == nullptr) return fallback;
  if (!member->is_string()) return mismatch(key, "a string", *member);
  return member->get<std::string>();
}

base::Result<bool> bool_or(const Json& object, std::string_view key, bool fallback) {
  const Json* member = present(object, key);
  if (member == nullptr) return fallback;
  if (!member->is_boolean()) return mismatch(key, "true or false", *member);
  return member->get<bool>();
}

base::Result<double> number_or(const Json& object, std::string_view key, double fallback) {
  const Json* member = present(object, key);
  if (member == nullptr) return fallback;
  return read_exact_number(*member, key);
}

base::Result<std::uint64_t> unsigned_or(const Json& object, std::string_view key, std::uint64_t fallback) {
  const Json* member = present(object, key);
  if (member == nullptr) return fallback;
  const bool negative =
      member->is_number_integer() && !member->is_number_unsigned() && member->get<std::int64_t>() < 0;
  if (!member->is_number_integer() || negative) return mismatch(key, "a whole number from 0", *member);
  return member->get<std::uint64_t>();
}

base::Result<std::int64_t> integer_or(const Json& object, std::string_view key, std::int64_t fallback,
                                      std::int64_t low, std::int64_t high) {
  const Json* member = present(object, key);
  if (member == nullptr) return fallback;
  if (!member->is_number_integer()) return mismatch(key, "a whole number", *member);
  constexpr auto top = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const bool past = member->is_number_unsigned() && member->get<std::uint64_t>() > top;
  const auto value = past ? std::numeric_limits<std::int64_t>::max() : member->get<std::int64_t>();
  if (past || value < low || value > high) {
    return mismatch(key, "a whole number from " + std::to_string(low) + " to " + std::to_string(high),
                    *member);
  }
  return value;
}

base::Result<std::vector<std::string>> strings_or_none(const Json& object, std::string_view key) {
  std::vector<std::string> strings;
  const Json* member = present(object, key);
  if (member == nullptr) return strings;
  if (!member->is_array()) return mismatch(key, "a list of strings", *member);
  for (const Json& item : *member) {
    if (!item.is_string()) return mismatch(key, "a list of strings", *member);
    strings.push_back(item.get<std::string>());
  }
  return strings;
}

base::Result<std::optional<double>> optional_number(const Json& object, std::string_view key) {
  const Json* found = base::find(object, key);
  if (found == nullptr || found->is_null()) return std::optional<double>();
  BASE_ASSIGN(const double value, base::get_number(object, key));
  return std::optional(value);
}

base::Result<std::optional<std::string>> optional_string(const Json& object, std::string_view key) {
  if (present(object, key) == nullptr) return std::nullopt;
  BASE_ASSIGN(auto text, string_or(object, key, {}));
  return text;
}

base::Status expect_object(const Json& json, std::string_view what) {
  if (!json.is_object()) return mismatch(what, "an object", json);
  return {};
}

}  // namespace plimsoll::model
