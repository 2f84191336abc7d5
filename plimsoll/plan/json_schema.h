// plimsoll.yaml as JSON Schema 2020-12 (https://json-schema.org/draft/2020-12), so that editors complete and
// check it.
#pragma once

#include <span>

#include <nlohmann/json_fwd.hpp>

#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan {

// Made from the tables that the reader follows: every plan that reads is valid. What a schema cannot say
// (that a file exists, that a rule can be fed) only the reader refuses.
nlohmann::ordered_json json_schema(std::span<const ProbeKind> kinds);

}  // namespace plimsoll::plan
