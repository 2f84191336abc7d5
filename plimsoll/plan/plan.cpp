#include "plimsoll/plan/plan.h"

#include "base/hash.h"
#include "base/json.h"

namespace plimsoll::plan {

std::string ProbePlan::digest() const {
  const auto settings = config ? base::dump(*config) : "{}";
  const auto state = fresh_state ? "fresh" : "shared";
  return base::hex64(base::xxh3_64(kind + '\n' + state + '\n' + content_digest + '\n' + settings));
}

}  // namespace plimsoll::plan
