// What a service under evaluation answers to a search.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plimsoll/probes/eval/evaluated_service.h"

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll::probes::eval;
  const std::string_view answer(reinterpret_cast<const char*>(data), size);
  Api bare = mem0_api(false);
  bare.results = "";
  bare.document_id = "/0/id";
  bare.score = "";
  for (const Api& api : {mem0_api(false), bare}) {
    const auto hits = read_hits(answer, api, 5);
    if (!hits) continue;
    require(hits->size() <= 5);
    for (const Hit& hit : *hits) require(hit.score.has_value() == !api.score.empty());
  }
  return 0;
}
