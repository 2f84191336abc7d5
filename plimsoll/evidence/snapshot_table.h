// The snapshots that reports are drawn from, compressed, and what their judgements cite.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/evidence/sqlite.h"

namespace plimsoll::evidence {

// Keeps the JSON text byte for byte, and the run ids in its judgements' "evidence" as citations. Nothing
// where the text is empty. invalid_argument where it is no JSON, too_large past 64 MiB. Inside a write
// transaction.
base::Status write_snapshot(Database& database, std::int64_t run, std::string_view json_text);

base::Result<std::optional<std::string>> read_snapshot(Database& database, std::int64_t run);

// Zstandard (RFC 8878): a snapshot shrinks to a tenth in well under a millisecond. Observations stay as they
// are: their columns shrink too little to pay.
base::Result<std::string> decompress(std::string_view frame, std::size_t limit);
std::string compress(std::string_view bytes);

}  // namespace plimsoll::evidence
