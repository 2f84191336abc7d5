// Holds the verdict's own error rate over all relative judgements together (EVIDENCE.md, "Verdict"). Pure.
#pragma once

#include <span>
#include <vector>

#include "plimsoll/model/judgement.h"

namespace plimsoll::pipeline {

inline constexpr double family_fail_level = 0.01;  // P(fail | nothing changed), by Holm
inline constexpr double family_warn_level = 0.05;  // P(warn or fail | nothing changed), by Benjamini–Hochberg

struct Family {
  std::size_t size = 0;         // judgements with p-values
  double false_alarm_rate = 0;  // of the verdict; 0 for an empty family
};

// A judgement with p_fail and p_warn keeps its fail only where Holm at 1 % rejects "no worse than the fail
// bound", its warn (or a fail lost so) only where Benjamini–Hochberg at 5 % rejects "no worse than the warn
// bound"; what loses both is inconclusive (undecided) where its interval does not exclude the fail bound,
// else pass. Says so in the explanation. Absolute judgements are left alone.
Family adjust_family(std::span<model::Judgement> judgements);

}  // namespace plimsoll::pipeline
