// Whose vectors a store keeps, and what of others is refused: the same in every engine.
#pragma once

#include <cstdint>
#include <string>

#include "apps/memory_api/storage/memory_storage.h"
#include "base/error.h"

namespace memory_api::storage {

struct EmbedderRow {
  std::int64_t number = 0;  // 0: none was ever in use
  std::string name = {};
  std::size_t dimensions = 0;
};

// As UseEmbedder and PutVectors say.
base::Status check_use(const UseEmbedder& operation, const EmbedderRow& in_use);
base::Status check_vectors(const PutVectors& operation, const EmbedderRow& in_use);

}  // namespace memory_api::storage
