// How the values of a memory stand in a row, whatever the engine: times as microseconds since 1970,
// categories as a JSON list, and a checksum over all of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/memory/memory.h"
#include "base/clock.h"
#include "base/error.h"

namespace memory_api::storage {

// The columns that hold a memory, in the order that every engine binds and reads them.
constexpr std::string_view memory_columns =
    "id, text, user_id, agent_id, app_id, run_id, metadata, categories, role, created_at, updated_at, "
    "expires_at, "
    "expiration, checksum";

std::int64_t to_microseconds(base::UtcTime time);  // rounded down
// A time that UtcTime cannot hold (years before 1678 or after 2261, from a damaged row) becomes the nearest
// that it can.
base::UtcTime from_microseconds(std::int64_t value);

std::vector<std::string> read_categories(std::string_view json);  // empty text: none
std::string write_categories(const std::vector<std::string>& categories);

// XXH3 (https://xxhash.com) of all fields. A row whose checksum is another is not what was written.
std::int64_t checksum(const memory::Memory& memory);
base::Error damaged_row(const memory::Memory& memory);

// The memory as the change leaves it; `at` is when, unless the change says.
memory::Memory changed(memory::Memory memory, const memory::MemoryChange& change, base::UtcTime at);

// The whole story of a memory (nothing where it was deleted) from its recorded steps, oldest first: that it
// was added is not recorded, ids are made from the memory's and the step's number. Not for neither of the
// two.
std::vector<memory::HistoryEntry> whole_history(std::string_view id,
                                                const std::optional<memory::Memory>& memory,
                                                std::vector<memory::HistoryEntry> recorded);

// The same for the same tenant, type and name.
std::string id_of_entity(std::int64_t tenant, const memory::Entity& entity);

// The error of ids of which only `known` exist; of one, or of several.
base::Error unknown_memories(std::size_t known, std::size_t asked);

}  // namespace memory_api::storage
