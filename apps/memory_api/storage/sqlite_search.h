// Full-text search over the word index of sqlite_schema.cpp, scored by search/similarity.h; with vectors,
// fused with an exact search through all of the tenant's (search/vector_table.h), or for a large tenant with
// one through a graph (search/hnsw_index.h), whose candidates are weighed by their floats.
//
// FTS5 keeps the postings and is asked for them term by term. Its own bm25() is not used: it counts every
// term through the whole table for each query, across all tenants (so scores would tell of others' memories),
// and gives a number without a scale.
#pragma once

#include <vector>

#include "apps/memory_api/search/postings_cache.h"
#include "apps/memory_api/search/tokenizer.h"
#include "apps/memory_api/search/vector_tables.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/sqlite_connection.h"
#include "apps/memory_api/storage/vector_graphs.h"

namespace memory_api::storage {

struct SearchIndex {
  Connection& connection;
  const search::Tokenizer& tokenizer;
  search::PostingsCache& cache;
};

// A tenant's vectors, asked for before the read transaction began: one of the two; neither: search by words
// alone.
struct TenantVectors {
  std::shared_ptr<search::SharedVectors> table = {};
  TenantGraph graph = {};
};

// Inside a read transaction of the caller, which began after the cache had `version`. A memory whose text is
// the query itself comes before all others.
base::Result<std::vector<memory::Scored>> search_memories(const SearchIndex& index,
                                                          const SearchRequest& request,
                                                          search::PostingsCache::Version version,
                                                          const TenantVectors& vectors);

}  // namespace memory_api::storage
