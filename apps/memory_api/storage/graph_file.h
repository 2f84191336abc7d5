// An index of vectors (search/hnsw_file.h) as a file of the disk.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include "apps/memory_api/search/hnsw_file.h"
#include "base/error.h"

namespace memory_api::storage {

// Asked between two pieces of some 600 KB; true ends the work with `cancelled`.
using IsUnwanted = std::function<bool()>;

// Besides the errors of read_index: not_found, permission, io.
base::Result<std::unique_ptr<search::HnswIndex>> read_graph_file(const std::filesystem::path& path,
                                                                 const search::IndexIdentity& identity,
                                                                 std::size_t exact_up_to,
                                                                 const IsUnwanted& is_unwanted);

// A new file (mode 0600), synced and put in place of the old one; on failure the old one stays and nothing
// else. no_space, permission, io.
base::Status write_graph_file(const std::filesystem::path& path, const search::HnswIndex& index,
                              const search::IndexIdentity& identity, const IsUnwanted& is_unwanted);

// Overwrites the vectors of these rows, as far as the file reaches. Nothing where there is no file.
base::Status erase_in_graph_file(const std::filesystem::path& path, std::size_t dimensions,
                                 std::span<const search::Place> places);

}  // namespace memory_api::storage
