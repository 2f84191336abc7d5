// Accepted changes and their JSON.
#pragma once

#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/evidence/sqlite.h"
#include "plimsoll/evidence/store.h"

namespace plimsoll::evidence {

// {"project","series","commit","run","because","who","at","until"}; until is null where it has no end.
nlohmann::json to_json(const Acceptance& acceptance);
base::Result<Acceptance> acceptance_from_json(const nlohmann::json& json);

// Nothing happens where the very same one is there. Inside a write transaction.
base::Status insert_acceptance(Database& database, const Acceptance& acceptance);

// In the order in which they were accepted; an empty project is all of them.
base::Result<std::vector<Acceptance>> list_acceptances(Database& database, std::string_view project);

}  // namespace plimsoll::evidence
