// JSON from outside, held to limits, and errors that name the place. The type itself is nlohmann::json;
// headers outside lib/ include only <nlohmann/json_fwd.hpp>.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace base {

using Json = nlohmann::json;
using OrderedJson =
    nlohmann::ordered_json;  // keeps keys in the order they were written: for documents people read

struct JsonLimits {
  std::size_t bytes = 64u << 20;
  int depth = 64;
  bool allow_duplicate_keys = false;
};

// One whole document of valid UTF-8. corrupt with "source:line:column" for broken text, too_large past a
// limit.
Result<Json> parse_json(std::string_view text, std::string_view source, const JsonLimits& limits = {});

// Members of an object, with an error that names the key and what was found: "latency: expected a number,
// found "x"".
Result<std::string> get_string(const Json& object, std::string_view key);
Result<double> get_number(const Json& object, std::string_view key);  // null is an error; finite
Result<long long> get_integer(const Json& object, std::string_view key);
Result<bool> get_bool(const Json& object, std::string_view key);
const Json* find(const Json& object, std::string_view key);  // nullptr where absent or not an object

// A number for output: null where it is not finite, never NaN.
Json number_or_null(double value);
Json number_or_null(const std::optional<double>& value);

// Compact or indented text; invalid UTF-8 inside strings becomes U+FFFD, so it never throws.
std::string dump(const Json& json, int indent = -1);
std::string dump(const OrderedJson& json, int indent = -1);

}  // namespace base
