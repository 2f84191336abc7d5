#include "plimsoll/plan/plan.h"

#include "base/hash.h"
#include "base/json.h"

namespace plimsoll::plan {

std::string ProbePlan::digest() const {
  base::Json counted = config ? *config : base::Json::object();
  for (const std::string& key : uncounted) counted.erase(key);
  const auto settings = base::dump(counted);
  const auto state = fresh_state ? "fresh" : "shared";
  return base::hex64(base::xxh3_64(kind + '\n' + state + '\n' + content_digest + '\n' + settings));
}

}  // namespace plimsoll::plan
