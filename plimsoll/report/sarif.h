// Findings as SARIF 2.1.0 (OASIS standard, 27 March 2020), for code-scanning views.
#pragma once

#include <string>

#include "plimsoll/model/snapshot.h"

namespace plimsoll::report {

// One run of the driver "Plimsoll"; a result a finding, in the snapshot's order: critical and high are
// errors, medium warnings, low and info notes; suppressed ones carry a suppression. Judgements are not
// findings and are left out. Same snapshot, same bytes.
std::string sarif(const model::Snapshot& snapshot);

}  // namespace plimsoll::report
