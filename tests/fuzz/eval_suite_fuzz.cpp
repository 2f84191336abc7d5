// A suite file, and its templates filled in with what a document may hold.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/probes/eval/suite.h"

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll::probes::eval;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto suite = parse_suite(text, "/dev/suite.yaml");  // a folder whose files are no set, but exist
  if (!suite) {
    require(suite.error().place || suite.error().code == base::ErrorCode::too_large);
    require(base::is_valid_utf8(base::to_string(suite.error())));
    return 0;
  }
  require(suite->top_k >= 1 && !suite->name.empty());
  const Holes holes = {{"text", "\"{id}\"\n"}, {"id", "{text}"}, {"top_k", "10"}};
  for (const Call* call : {&suite->api.add, &suite->api.search}) {
    require(call->body.empty() || base::Json::accept(call->body.fill(holes)));
    static_cast<void>(fill_path(call->path, holes));
  }
  return 0;
}
