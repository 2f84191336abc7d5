// A server that speaks OpenAI's API, which makes vectors (search/) or reads facts out of texts (llm/).
#pragma once

#include <string>
#include <string_view>

#include "net/http_client.h"
#include "net/url.h"

namespace memory_api {

struct OpenAiServer {
  net::Url base = {};        // ends in /v1, with or without a slash after it
  std::string model = {};    // as the server names it
  std::string api_key = {};  // empty: none is sent
};

// Sends JSON to `path`, which begins with a slash, on a connection of its own, so that several threads can
// ask at once. Errors are those of net::fetch; any status is a value.
base::Result<net::ClientResponse> post_openai(const OpenAiServer& server, std::string_view path,
                                              std::string body, const net::ClientOptions& limits);

}  // namespace memory_api
