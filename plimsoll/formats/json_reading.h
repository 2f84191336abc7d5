// What the formats that are JSON share.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/formats/content.h"

namespace plimsoll::formats {

// The member, where it is of that type; else the fallback, or nothing.
std::string text_or(const nlohmann::json& object, const char* key, const std::string& fallback);
std::optional<double> number(const nlohmann::json& object, const char* key);
bool is_true(const nlohmann::json& object, const char* key);

// The list under `key` of the file's object; corrupt, saying that it expected `what`, where there is none.
base::Result<const nlohmann::json*> expect_list(const Content& content, const char* key,
                                                const std::string& what);

// A parameter's value as people write it: a string without its quotes.
std::string plain_text(const nlohmann::json& value);

}  // namespace plimsoll::formats
