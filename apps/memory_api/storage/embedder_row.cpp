#include "apps/memory_api/storage/embedder_row.h"

#include <fmt/format.h>

namespace memory_api::storage {

using base::ErrorCode;

base::Status check_use(const UseEmbedder& operation, const EmbedderRow& in_use) {
  const bool is_same = operation.name == in_use.name && operation.dimensions == in_use.dimensions;
  if (operation.take_over || in_use.number == 0 || is_same) return {};
  return base::fail(
      ErrorCode::conflict,
      fmt::format("another process keeps vectors of {} ({} dimensions) now", in_use.name, in_use.dimensions),
      "start every process on this store with the same --embedder");
}

base::Status check_vectors(const PutVectors& operation, const EmbedderRow& in_use) {
  if (in_use.number == 0 || operation.embedder != in_use.name) {
    return base::fail(ErrorCode::conflict, "the embedder is not the one in use");
  }
  for (const MemoryVector& vector : operation.vectors) {
    if (vector.values.empty() || vector.values.size() == in_use.dimensions) continue;
    return base::fail(ErrorCode::conflict, "a vector has another number of dimensions");
  }
  return {};
}

}  // namespace memory_api::storage
