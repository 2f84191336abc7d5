// `store push|pull`: the store kept in a file, a folder or a git ref, so that jobs without a disk of their
// own have a past.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "plimsoll/evidence/store.h"

namespace plimsoll::pipeline {

// `remote`: "git:REF" (a ref of the repository one stands in, pushed to its origin where it has one), a
// folder (one file inside, plimsoll-evidence.jsonl), else a file. Runs that are there already and not here
// are kept: push merges. How many runs the remote has afterwards. A concurrent push of somebody else is met
// by merging again, at most 3 times (conflict).
base::Result<std::uint64_t> push_store(evidence::EvidenceStore& store, const std::string& remote);

// How many runs were added. A remote that does not exist yet adds none: the first job of a project has no
// past.
base::Result<std::uint64_t> pull_store(evidence::EvidenceStore& store, const std::string& remote);

}  // namespace plimsoll::pipeline
