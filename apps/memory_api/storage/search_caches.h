// What readers and the writer of one store share in memory.
#pragma once

#include <cstddef>
#include <memory>

#include "apps/memory_api/search/postings_cache.h"
#include "apps/memory_api/search/vector_tables.h"
#include "apps/memory_api/storage/vector_graphs.h"

namespace memory_api::storage {

struct SearchCaches {
  SearchCaches(std::size_t postings_bytes, std::size_t vectors_bytes)
      : postings(postings_bytes), vectors(vectors_bytes) {}

  search::PostingsCache postings;
  search::VectorTables vectors;
  std::unique_ptr<VectorGraphs> graphs = {};  // nullptr: every tenant has a table
};

}  // namespace memory_api::storage
