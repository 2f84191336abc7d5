// Text of a Python value as `str` writes it, read as JSON: {'user_id': 'ann', 'n': [1, 2.5, None, True]}.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace memory_api::memory {

// dict (with str keys), list, tuple, str, int, float, True, False, None; at most 1 MiB, 64 deep, keys once
// each. invalid_argument with the offset of what was not understood. (The Python Language Reference, 2.4
// Literals.)
base::Result<nlohmann::json> read_python_literal(std::string_view text);

}  // namespace memory_api::memory
