// The words in which judgements and verdicts speak.
#pragma once

#include <string_view>

#include "base/error.h"

namespace plimsoll::model {

// Of a verdict only the first four; learning and not_run are of judgements and do not fold.
enum class Status { pass, warn, fail, inconclusive, learning, not_run };

// Why something is inconclusive.
enum class Reason {
  none,
  too_few,
  undecided,
  no_baseline,
  probe_crashed,
  missing,
  not_finite,
  saturated,
  environment,
  stale
};

std::string_view to_string(Status status);
std::string_view to_string(Reason reason);  // "" for none
base::Result<Status> parse_status(std::string_view text);
base::Result<Reason> parse_reason(std::string_view text);

}  // namespace plimsoll::model
