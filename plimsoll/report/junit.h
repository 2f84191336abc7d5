// The report for CI systems that read JUnit XML.
#pragma once

#include <string>

#include "plimsoll/model/snapshot.h"

namespace plimsoll::report {

// One test case a judgement, one test suite a kind of probe (the first segment of the series): fail is a
// failure, inconclusive an error, not_run and learning are skipped with their reason, warn stands in
// system-out. A verdict worse than all its judgements (no rules, a probe that crashed) adds a case of its
// own. Valid XML 1.0 in UTF-8 whatever the snapshot's bytes. Same snapshot, same bytes.
std::string junit(const model::Snapshot& snapshot);

}  // namespace plimsoll::report
