// The table `history`: changes and removals of memories. That a memory was added is known from the memory
// itself.
#pragma once

#include <string_view>
#include <vector>

#include "apps/memory_api/memory/memory.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/sqlite_connection.h"

namespace memory_api::storage {

base::Status record_update(Connection& connection, TenantNumber tenant, const memory::Memory& old,
                           const memory::Memory& now);

// Takes the text out of all earlier steps. `id` is the memory's 16 bytes.
base::Status record_removal(Connection& connection, TenantNumber tenant, std::string_view id,
                            base::UtcTime created_at, base::UtcTime at);

// Oldest first; not_found for an id that never was this tenant's.
base::Result<std::vector<memory::HistoryEntry>> read_history(Connection& connection, TenantNumber tenant,
                                                             std::string_view id);

}  // namespace memory_api::storage
