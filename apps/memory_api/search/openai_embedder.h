// Any server that speaks OpenAI's embeddings (https://platform.openai.com/docs/api-reference/embeddings).
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "apps/memory_api/openai_server.h"
#include "apps/memory_api/search/embedder.h"

namespace memory_api::search {

// Its start asks for one vector, to learn how many dimensions there are.
std::unique_ptr<Embedder> make_openai_embedder(OpenAiServer server);

// The vectors of an answer, by its "index", at unit length. corrupt: not `texts` vectors of equal length
// (1–4,096), or values that are not finite or all zero.
base::Result<std::vector<std::vector<float>>> read_embeddings(std::string_view body, std::size_t texts);

}  // namespace memory_api::search
