#include "apps/memory_api/openai_server.h"

#include <utility>

namespace memory_api {

base::Result<net::ClientResponse> post_openai(const OpenAiServer& server, std::string_view path,
                                              std::string body, const net::ClientOptions& limits) {
  net::Url url = server.base;
  if (url.path.ends_with('/')) url.path.pop_back();
  url.path += path;
  net::ClientRequest request{
      .method = "POST", .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
  if (!server.api_key.empty()) request.headers.push_back({"Authorization", "Bearer " + server.api_key});
  return net::fetch(url, std::move(request), limits);
}

}  // namespace memory_api
