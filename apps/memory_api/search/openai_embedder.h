// Any server that speaks OpenAI's embeddings (https://platform.openai.com/docs/api-reference/embeddings).
#pragma once

#include <memory>
#include <string>

#include "apps/memory_api/search/embedder.h"
#include "net/url.h"

namespace memory_api::search {

struct OpenAiEmbedderOptions {
  net::Url base;        // ends in /v1; /embeddings is appended
  std::string model;    // as the server names it
  std::string api_key;  // empty: none is sent
};

// Its start asks for one vector, to learn how many dimensions there are.
std::unique_ptr<Embedder> make_openai_embedder(OpenAiEmbedderOptions options);

// The vectors of an answer, by its "index", at unit length. corrupt: not `texts` vectors of equal length
// (1–4,096), or values that are not finite or all zero.
base::Result<std::vector<std::vector<float>>> read_embeddings(std::string_view body, std::size_t texts);

}  // namespace memory_api::search
