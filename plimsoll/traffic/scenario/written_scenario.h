// Parts of scenarios that the program writes for a user to go on from.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace plimsoll::traffic::written {

// Text from elsewhere as a scenario's text that means it: neither a generated value nor an environment
// variable.
std::string as_text(std::string_view text);

// Whether every text and name in a JSON value can stand in a scenario: they hold no control characters but
// tabs and line ends.
bool can_be_written(const nlohmann::json& value);

// A YAML scalar, double-quoted.
std::string quote(std::string_view text);

// JSON on one line of YAML. Every text is written by `as_text`, unless it begins with `generated`: the rest
// is written as it stands, without quotes where that is nothing but one $(…).
inline constexpr char generated = '\x01';
std::string flow(const nlohmann::json& value);

// One line of a comment; control characters become blanks.
std::string comment(std::string_view text);

// Whether a header, cookie, parameter or member of this name usually holds a secret.
bool is_secret_name(std::string_view name);

// The environment variable that takes a secret's place: "X-Api-Key" is X_API_KEY.
std::string variable_of(std::string_view name);

// "Petstore API" is petstore_api: a scenario's name.
std::string name_of(std::string_view title, std::string_view otherwise);

}  // namespace plimsoll::traffic::written
