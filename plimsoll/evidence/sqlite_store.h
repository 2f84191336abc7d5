// The evidence store in one SQLite file.
#pragma once

#include <filesystem>
#include <memory>

#include "plimsoll/evidence/store.h"

namespace plimsoll::evidence {

// Errors of open_store. Opened for writing, it aborts the runs that a lost process left running.
base::Result<std::unique_ptr<EvidenceStore>> open_sqlite_store(const std::filesystem::path& path,
                                                               const StoreOptions& options);

}  // namespace plimsoll::evidence
