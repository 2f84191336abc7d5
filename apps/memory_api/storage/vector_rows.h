// The tables `vectors`, `vectors_waiting` and `embedders`.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/memory_api/storage/embedder_row.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/sqlite_connection.h"

namespace memory_api::storage {

base::Result<EmbedderRow> embedder_in_use(Connection& connection);

// --- For the writer, inside its transaction.

// Whether it is another one than before: then all vectors are stale.
base::Result<bool> use_embedder(Connection& connection, const UseEmbedder& operation);

base::Status await_vector(Connection& connection, std::int64_t row, base::UtcTime since);

// The vector, and the waiting for one.
base::Status drop_vector(Connection& connection, std::int64_t row);

struct VectorPlace {
  std::int64_t row = 0;
  TenantNumber tenant = 0;
  std::int64_t embedder = 0;
};
// Empty values end the waiting alone. What it returns is the vector's checksum.
base::Result<std::uint64_t> put_vector(Connection& connection, const VectorPlace& place,
                                       std::span<const float> values);

// --- For readers.

base::Result<std::vector<WaitingText>> read_waiting(Connection& connection, std::size_t most);
base::Result<VectorBacklog> read_backlog(Connection& connection);

// A tenant's vectors of one embedder, in the order of their rows, until `take` has seen all. A row that is
// not what was written is left out: its memory is found by its words.
using TakeVector = std::function<void(std::int64_t row, std::span<const float> values)>;
base::Status read_vectors(Connection& connection, TenantNumber tenant, const EmbedderRow& embedder,
                          const TakeVector& take);

// The rows and checksums of all that read_vectors would read, in the order of their rows, without the vectors
// themselves: from an index, some 20 bytes each.
struct VectorDigest {
  std::int64_t row = 0;
  std::uint64_t checksum = 0;
};
base::Result<std::vector<VectorDigest>> read_digests(Connection& connection, TenantNumber tenant,
                                                     const EmbedderRow& embedder);

// One of them; empty where there is none.
base::Result<std::vector<float>> read_vector(Connection& connection, std::int64_t row,
                                             const EmbedderRow& embedder);

}  // namespace memory_api::storage
