// all-MiniLM-L6-v2, computed in this process (lib/embedding).
#pragma once

#include <filesystem>
#include <memory>

#include "apps/memory_api/search/embedder.h"

namespace memory_api::search {

// Reads the model when it is started (90 MB, some 0.2 s), not before.
std::unique_ptr<Embedder> make_minilm_embedder(std::filesystem::path folder);

}  // namespace memory_api::search
