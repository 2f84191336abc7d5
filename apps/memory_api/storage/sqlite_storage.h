// The embedded engine: one SQLite file, FOLDER/memories.db. What is chosen and why stands in
// sqlite_storage.cpp.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "apps/memory_api/storage/memory_storage.h"
#include "base/error.h"

namespace memory_api::storage {

struct SqliteOptions {
  std::size_t readers = 3;                      // reader connections, 1–16
  std::size_t postings_cache_bytes = 8u << 20;  // see search/postings_cache.h; 0: none
  std::size_t vectors_bytes = 256u << 20;  // see search/vector_tables.h; 400 bytes a memory of 384 values
  std::size_t exact_vectors = 100'000;     // a tenant of more is searched by a graph: see vector_graphs.h
  // Serve the folder: a second process that asks for it gets conflict. Without it (`keys add` beside a
  // running service) the file is shared.
  bool exclusive = true;
  std::string vfs = {};     // a registered SQLite VFS; empty: the system's. Tests put a failing disk here
  bool synchronous = true;  // false acknowledges before the disk has it: only to show that the tests notice
};

// Creates folder and file where missing (mode 0700, 0600). conflict: another process serves the folder;
// unsupported: the file was written by a newer version; corrupt: it is no database or damaged; permission,
// no_space, io. Each names the file.
base::Result<std::unique_ptr<MemoryStorage>> open_sqlite_storage(const std::filesystem::path& folder,
                                                                 const SqliteOptions& options = {});

}  // namespace memory_api::storage
