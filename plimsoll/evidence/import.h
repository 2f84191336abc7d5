// Reads what export.h writes.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "base/error.h"
#include "plimsoll/evidence/sqlite.h"

namespace plimsoll::evidence {

// Adds the runs and acceptances that the store does not have; how many runs. Each run is a transaction: after
// an error the runs before it are in, of its own run nothing is. corrupt or unsupported with source and line;
// never trusts the text.
base::Result<std::uint64_t> import_store(Database& database, std::istream& in, std::string_view source);

}  // namespace plimsoll::evidence
