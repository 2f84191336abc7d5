// Members of JSON objects as the model's types need them: exact numbers, absent members with a default.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace plimsoll::model {

// Every double, exactly: those that are not finite as the strings "NaN", "+Inf", "-Inf".
nlohmann::json exact_number(double value);
base::Result<double> read_exact_number(const nlohmann::json& json, std::string_view what);

// A member, or `fallback` where it is absent or null; corrupt, naming the key, where it has another type or
// range.
base::Result<std::string> string_or(const nlohmann::json& object, std::string_view key, std::string fallback);
base::Result<bool> bool_or(const nlohmann::json& object, std::string_view key, bool fallback);
base::Result<double> number_or(const nlohmann::json& object, std::string_view key, double fallback);
base::Result<std::uint64_t> unsigned_or(const nlohmann::json& object, std::string_view key,
                                        std::uint64_t fallback);
base::Result<std::int64_t> integer_or(const nlohmann::json& object, std::string_view key,
                                      std::int64_t fallback, std::int64_t low, std::int64_t high);
base::Result<std::vector<std::string>> strings_or_none(const nlohmann::json& object, std::string_view key);
base::Result<std::optional<double>> optional_number(const nlohmann::json& object, std::string_view key);
base::Result<std::optional<std::string>> optional_string(const nlohmann::json& object, std::string_view key);

// corrupt where it is not an object: "expected an object for `what`, found …".
base::Status expect_object(const nlohmann::json& json, std::string_view what);

}  // namespace plimsoll::model
