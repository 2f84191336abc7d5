// A load result as JSON: the figures of the `plimsoll load` document (INTERFACES).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "plimsoll/traffic/engine/engine.h"

namespace plimsoll::traffic {

// Everything but "plimsoll", "version", "status" and "judgements", in the order that people read it. Numbers
// that do not exist are null.
nlohmann::ordered_json to_json(const LoadResult& result);

}  // namespace plimsoll::traffic
