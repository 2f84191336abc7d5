// What stands below the judgements: findings, probes, facts, environment, the service's log, and how to see
// it again.
#pragma once

#include "plimsoll/model/snapshot.h"
#include "plimsoll/report/markup.h"

namespace plimsoll::report {

// Empty where there is nothing to say.
Markup findings_section(const model::Verdict& verdict);
Markup probes_section(const model::Run& run);
Markup facts_section(const model::Snapshot& snapshot);
Markup log_section(const model::Snapshot& snapshot);
Markup environment_section(const model::Run& run);
Markup reproduce_section(const model::Verdict& verdict);

}  // namespace plimsoll::report
