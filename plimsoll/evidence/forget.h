// Erasing what must not be kept: a person's name in a subject, a customer in a label, a secret in a finding.
//
// What contains the text goes: a run whose record does (id, branch, probe, environment …) with all it holds;
// a series by name, label or probe, in every run; observations by subject, and the merged values they went
// into are merged anew; findings; snapshots, whose run then has no report any more; acceptances. Text
// compares byte by byte. Then the file is rewritten without its free pages and the log is emptied, so that no
// byte of it stays behind.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "plimsoll/evidence/sqlite.h"

namespace plimsoll::evidence {

// How many runs, series, observations, findings, snapshots and acceptances went. invalid_argument for an
// empty text; conflict where a reader keeps the log busy: all is erased then but traces may stay until it is
// called again.
base::Result<std::uint64_t> forget_text(Database& database, std::string_view match);

}  // namespace plimsoll::evidence
