// The page of a list: {count, next, previous, results}, as mem0's clients page through it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "apps/memory_api/api/call.h"

namespace memory_api::api {

// `next` and `previous` are URLs on the host that the client asked, or null. A page past the end answers 404,
// but page 1 of nothing is an empty page.
void answer_page(Call& call, const memory::Page& page, std::size_t total, nlohmann::ordered_json results);

}  // namespace memory_api::api
