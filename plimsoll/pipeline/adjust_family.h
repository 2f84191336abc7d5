// Holds the verdict's own error rate over all relative judgements together (EVIDENCE.md, "Verdict"): Holm for
// fail, Benjamini–Hochberg for warn, within two families that share the rate. Pure.
#pragma once

#include <span>
#include <vector>

#include "plimsoll/model/judgement.h"

namespace plimsoll::pipeline {

inline constexpr double family_fail_level = 0.01;  // P(fail | nothing changed)
inline constexpr double family_warn_level = 0.05;  // P(warn or fail | nothing changed)

// The part of both that is kept for what drifted. Two families, since a drift rule over many series would
// take the power from comparisons (and pairs) that are judged beside it: with one family of all, each
// judgement more makes every other one's threshold finer.
inline constexpr double drift_share = 0.2;

struct Family {
  std::size_t size = 0;         // judgements with p-values
  double false_alarm_rate = 0;  // of the verdict; 0 for an empty family
};

// A judgement with p_fail and p_warn keeps its fail only where Holm at its family's level rejects "no worse
// than the fail bound" (of drift: "nothing changed"), its warn (or a fail lost so) only where
// Benjamini–Hochberg rejects "no worse than the warn bound"; what loses both is inconclusive (undecided)
// where its interval does not exclude the fail bound, else pass (of drift: learning, until more runs tell).
// Says so in the explanation. Comparisons have the whole 1 % and 5 % where nothing was asked about drift,
// else what drift leaves them (union bound). Absolute judgements are left alone.
Family adjust_family(std::span<model::Judgement> judgements);

}  // namespace plimsoll::pipeline
