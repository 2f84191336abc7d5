// What read_plan.h does not need to tell everybody about placeholders.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace plimsoll::plan {

// The text with {{ as a brace, where it holds no placeholder; nothing where only a run knows it. Errors as
// check_placeholders.
base::Result<std::optional<std::string>> literal_text(std::string_view text);

// Whether {NAME} stands in it, also inside {file:…}. False where the text is broken.
bool uses_placeholder(std::string_view text, std::string_view name);

// The text so that every brace in it means itself.
std::string escape_braces(std::string_view text);

}  // namespace plimsoll::plan
