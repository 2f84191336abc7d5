// The engine for several processes on one store: PostgreSQL 15 or newer, the schema `memory_api` of one
// database.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "apps/memory_api/storage/memory_storage.h"
#include "base/error.h"

namespace memory_api::storage {

struct PostgresOptions {
  std::string url;                              // postgresql://…, as libpq reads it
  std::size_t connections = 8;                  // for reading, 1–1,000; writing and watching have one each
  std::size_t postings_cache_bytes = 8u << 20;  // see search/postings_cache.h; 0: none
  bool synchronous = true;  // false acknowledges before the disk has it: only to show that the tests notice
};

// Makes the schema where it is missing. unavailable, timeout: no server answers; permission: it refuses us;
// unsupported: written by a newer version, or a database that is not UTF8. Each names the server.
//
// Texts with U+0000 are refused (invalid_argument): PostgreSQL has none. Vectors need the extension `vector`
// (pgvector) on the server: see MemoryStorage::can_keep_vectors.
base::Result<std::unique_ptr<MemoryStorage>> open_postgres_storage(const PostgresOptions& options);

}  // namespace memory_api::storage
