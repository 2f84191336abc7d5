// Rules on findings: `scan.findings{severity=~high|critical} none`, a count, or `ratchet`.
#pragma once

#include "plimsoll/judges/judge.h"

namespace plimsoll::judges {

// Suppressed findings do not count. `ratchet`: nothing that the newest baseline run did not have, by
// fingerprint; without a baseline it is learning.
model::Judgement judge_findings(const Question& question);

}  // namespace plimsoll::judges
