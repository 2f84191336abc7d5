// What readers and the writer of one store share in memory.
#pragma once

#include <cstddef>

#include "apps/memory_api/search/postings_cache.h"
#include "apps/memory_api/search/vector_tables.h"

namespace memory_api::storage {

struct SearchCaches {
  SearchCaches(std::size_t postings_bytes, std::size_t vectors_bytes)
      : postings(postings_bytes), vectors(vectors_bytes) {}

  search::PostingsCache postings;
  search::VectorTables vectors;
};

}  // namespace memory_api::storage
