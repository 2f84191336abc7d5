// What the eval probe records, all with the label suite = the probe's name:
//
//   eval.mrr, eval.hit_at_5 …       a scalar for each answerable query, whose id is the subject; the label
//   named
//                                   after the suite's `groups` (difficulty) is "all" or the query's own
//                                   group, so each query stands in both. A query that failed counts as 0
//   eval.unanswerable_top_score     a scalar for each unanswerable query that was answered: its best result's
//                                   score, 0 where it found nothing
//   eval.separation                 one scalar: the chance that an answerable query's best score is above an
//                                   unanswerable one's
//   eval.leaks                      one scalar: results that are not among the documents of the query's
//   tenant;
//                                   only where the suite has tenants
//   eval.errors                     queries that failed, of all
//   eval.latency                    the search calls, in 30 equal slices; one that failed counts as +∞
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/eval/evaluation.h"
#include "plimsoll/probes/eval/scores.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes::eval {

std::vector<plan::SeriesPattern> eval_series_patterns();

base::Status record(Recorder& recorder, const Task& task, const Suite& suite, const Evaluation& evaluation,
                    const Scores& scores);

}  // namespace plimsoll::probes::eval
