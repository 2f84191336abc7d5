// What is let go, and when.
//
// - The slices of a run go after raw_days; its merged values stay in their place. The merged values go after
//   summary_days. The run itself, its findings and its snapshot (the judgements, with their inputs' digests)
//   stay for good.
// - Pinned, and so kept whole: a run that a judgement cites while the citing run is itself within the same
// period, and
//   a run at which a change was accepted, while the acceptance holds. Then a judgement can be recomputed as
//   long as its own run's slices are there, and a chain of runs that cite each other does not live for ever.
// - Bounded: short transactions, a run or some chunks at a time, so that a writer waits little and memory
// stays small.
//   A prune that is ended half-way has lost nothing more; the next one goes on.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "plimsoll/evidence/sqlite.h"
#include "plimsoll/evidence/store.h"

namespace plimsoll::evidence {

base::Result<PruneReport> prune_store(Database& database, const Retention& retention, base::UtcTime now);

// Gives free pages back to the file system, some at a time, and empties the log where no reader needs it.
base::Status shrink(Database& database);

}  // namespace plimsoll::evidence
