// Bodies of requests: each reader either takes one within the promised limits or says why not, and never
// throws.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "apps/memory_api/api/json_body.h"
#include "apps/memory_api/api/read_memory.h"
#include "apps/memory_api/api/read_query.h"
#include "base/json.h"

using namespace memory_api::api;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  net::Request request;
  request.body = std::string(data, data + size);
  const auto body = read_object(request);
  if (!body) return 0;
  if (const auto add = read_add(*body)) {
    for (const auto& memory : add->memories) {
      if (memory.text.empty() || memory.entities.empty()) std::abort();
    }
  }
  if (const auto search = read_search(*body, FilterStyle::ids_at_top)) {
    if (search->query.text.empty() || search->query.top_k < 1 || search->query.top_k > 1000) std::abort();
  }
  if (const auto ids = read_batch_delete(*body); ids && (ids->empty() || ids->size() > max_batch))
    std::abort();
  [[maybe_unused]] const auto update = read_update(*body);
  [[maybe_unused]] const auto list = read_list(*body, FilterStyle::only_filters);
  [[maybe_unused]] const auto batch = read_batch_update(*body);
  return 0;
}
