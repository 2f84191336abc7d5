// Full-text search over the word index of sqlite_schema.cpp, scored by search/similarity.h.
//
// FTS5 keeps the postings; its own bm25() is not used: it counts every term through the whole table for each
// query, across all tenants (so scores would tell of others' memories), and gives a number without a scale.
// Reading the postings costs about 0.08 µs each, one statement a term.
#pragma once

#include <vector>

#include "apps/memory_api/search/tokenizer.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/sqlite_connection.h"

namespace memory_api::storage {

// Inside a read transaction of the caller.
base::Result<std::vector<memory::Scored>> search_memories(Connection& connection,
                                                          const search::Tokenizer& tokenizer,
                                                          const SearchRequest& request);

}  // namespace memory_api::storage
