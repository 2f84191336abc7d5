// Reads filters as requests carry them (mem0's wire):
//
//   {"AND": [{"user_id": "ann"}, {"OR": [{"categories": {"in": ["work"]}}, {"metadata": {"team": "red"}}]},
//            {"NOT": [{"created_at": {"lt": "2026-01-01"}}]}]}
//
// Several members of one object must all hold. Bare values are eq, "*" is any value at all, NOT holds when
// none of its list does, metadata is {key: value} or {key: {operator: value}}.
//   fields: user_id agent_id app_id run_id (session_id) created_at (timestamp) updated_at expiration_date
//           categories metadata memory (keywords) id (memory_ids)
//   operators: eq ne in gt gte lt lte contains icontains
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "apps/memory_api/memory/filter.h"
#include "base/error.h"

namespace memory_api::memory {

inline constexpr int max_filter_depth = 32;                  // objects within each other, the outermost is 1
inline constexpr std::size_t max_filter_conditions = 1'000;  // conditions and values of `in` together

// invalid_argument with "filters.AND[1].user_id: expected …, found …" for an unknown field or operator, a
// wrong kind of value, an empty list or object, anything past the limits, and where no entity id is named
// positively.
base::Result<Filter> read_filter(const nlohmann::json& json);

// The same from text, JSON or a Python literal: mem0's client sends delete_all's filters as {'user_id':
// 'ann', 'n': None}.
base::Result<Filter> read_filter_text(std::string_view text);

// YYYY-MM-DD or RFC 3339, of the years 0 to 9999; those that a UtcTime cannot hold become the first or the
// last that it can.
base::Result<base::UtcTime> read_time(std::string_view text);

// YYYY-MM-DD or RFC 3339; invalid_argument otherwise. Years past 2260 mean the end of 2260.
base::Result<Expiration> read_expiration(std::string_view text);

}  // namespace memory_api::memory
