// What the formats that are JSON share.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/json.h"
#include "plimsoll/formats/content.h"

namespace plimsoll::formats {

// The member, where it is of that type; else the fallback, or nothing.
std::string text_or(const base::Json& object, const char* key, const std::string& fallback);
std::optional<double> number(const base::Json& object, const char* key);
bool is_true(const base::Json& object, const char* key);

// The list under `key` of the file's object; corrupt, saying that it expected `what`, where there is none.
base::Result<const base::Json*> expect_list(const Content& content, const char* key, const std::string& what);

// A parameter's value as people write it: a string without its quotes.
std::string plain_text(const base::Json& value);

}  // namespace plimsoll::formats
