// The model's JSON and the text of series ids, from probes and files. What reads writes and reads back the
// same.
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "plimsoll/model/finding.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/run.h"
#include "plimsoll/model/series.h"

namespace {

using namespace plimsoll::model;

template <class Read>
void round_trip(const base::Json& json, const Read& read) {
  const auto value = read(json);
  if (!value) return;
  const auto text = base::dump(to_json(*value));
  const auto parsed = base::parse_json(text, "again");
  if (!parsed) std::abort();
  const auto again = read(*parsed);
  if (!again || base::dump(to_json(*again)) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto id = parse_series_id(text)) {
    const auto again = parse_series_id(to_string(*id));
    if (!again || *again != *id) std::abort();
  }
  const auto json = base::parse_json(text, "fuzz");
  if (!json) return 0;
  round_trip(*json, series_from_json);
  round_trip(*json, observation_from_json);
  round_trip(*json, finding_from_json);
  round_trip(*json, [](const base::Json& j) { return run_from_json(j); });
  return 0;
}
